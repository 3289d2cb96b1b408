type Fields = Readonly<Record<string, unknown>>;
const recordOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const typeName = /^Microsoft\.Resources\.(Resource(?:Write|Delete|Action)(?:Success|Failure|Cancel))$/i;
const operation = /^microsoft\.machinelearningservices\/workspaces\/computes\/([a-z]{1,40}(?:\/action)?)$/i;

/**
 * What an event about a compute calls itself: `ResourceActionSuccess:stop.action`. Null: it has no such name. Only for
 * counting which ones Azure sends; nothing is decided by it.
 */
export function eventKindOf(event: unknown): string | null {
  const fields = recordOf(event);
  const type = typeName.exec(textOf(fields['eventType'] ?? fields['type']))?.[1];
  const named = operation.exec(textOf(recordOf(fields['data'])['operationName']))?.[1];
  return type === undefined ? null : `${type}:${named?.replace('/', '.') ?? 'unnamed'}`;
}
