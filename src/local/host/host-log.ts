import { LOG_LEVELS, type LogLevel } from './host-settings.ts';
import type { LogLine } from './types.ts';

export type LogSink = (line: LogLine) => void;

/**
 * Names the categories as the host does (`Function.sweepTimer.User`, `Worker`) and lets through what `logLevels` asks for: the longest
 * category prefix decides.
 */
export function hostLog(logLevels: Readonly<Record<string, LogLevel>>, sink: LogSink): LogSink {
  return (line) => {
    const named = { ...line, category: categoryOf(line) };
    if (rank(line.level) >= rank(lowestLevel(logLevels, named.category))) sink(named);
  };
}

function categoryOf({ category, functionName }: LogLine): string {
  if (category === 'user') return functionName === undefined ? 'Function' : `Function.${functionName}.User`;
  return category === 'system' ? 'Worker' : category;
}

function lowestLevel(logLevels: Readonly<Record<string, LogLevel>>, category: string): LogLevel {
  let best = '';
  for (const prefix of Object.keys(logLevels)) {
    const matches = category === prefix || category.startsWith(`${prefix}.`);
    if (matches && prefix.length > best.length) best = prefix;
  }
  return logLevels[best] ?? logLevels['default'] ?? 'information';
}

function rank(level: string): number {
  const index = LOG_LEVELS.findIndex((known) => known === level.toLowerCase());
  return index === -1 ? LOG_LEVELS.indexOf('information') : index;
}
