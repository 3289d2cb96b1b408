#!/usr/bin/env node
import { commands } from './commands.ts';
import { runLine } from './run-line.ts';
import { processSurroundings } from './surroundings.ts';

// Whoever reads may leave early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
process.exitCode = await runLine(commands, process.argv.slice(2), processSurroundings());
