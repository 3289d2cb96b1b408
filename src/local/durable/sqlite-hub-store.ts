import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { LamplighterError } from '../../core/errors.ts';
import type { HistoryEvent } from './history-event.ts';
import type { ActivityTask, InstanceRow, Message } from './hub-rows.ts';
import { HubState, type HubChange } from './hub-state.ts';
import type { HubStore } from './hub-store.ts';

const FORMAT_VERSION = 1;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS hub (format_version INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS instances (instance_id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS history (instance_id TEXT NOT NULL, position INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (instance_id, position)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS messages (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS activities (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
`;

const SQL = {
  putInstance: 'INSERT OR REPLACE INTO instances VALUES (?, ?)',
  removeInstance: 'DELETE FROM instances WHERE instance_id = ?',
  clearHistory: 'DELETE FROM history WHERE instance_id = ?',
  appendHistory: 'INSERT INTO history VALUES (?, ?, ?)',
  putMessage: 'INSERT OR REPLACE INTO messages VALUES (?, ?)',
  removeMessage: 'DELETE FROM messages WHERE id = ?',
  putActivity: 'INSERT OR REPLACE INTO activities VALUES (?, ?)',
  removeActivity: 'DELETE FROM activities WHERE id = ?',
} as const satisfies Record<HubChange['change'], string>;

/**
 * A task hub in one SQLite file. A commit is one transaction, so a process killed at any moment leaves the hub between two commits.
 * The file belongs to one process at a time.
 */
export class SqliteHubStore implements HubStore {
  readonly state = new HubState();
  readonly #database: DatabaseSync;
  readonly #statements: Readonly<Record<HubChange['change'], StatementSync>>;

  private constructor(database: DatabaseSync) {
    this.#database = database;
    const prepared = Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)] as const);
    this.#statements = Object.fromEntries(prepared) as Record<HubChange['change'], StatementSync>;
    this.#load();
  }

  /** Throws `LamplighterError` `durable.store-unusable` for a file that is in use, damaged or of another format. */
  static open(path: string): SqliteHubStore {
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(path);
      database.exec(
        'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL',
      );
      database.exec(SCHEMA);
      claimFormat(database);
      return new SqliteHubStore(database);
    } catch (error) {
      database?.close();
      throw unusable(path, error);
    }
  }

  commit(changes: readonly HubChange[]): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const positions = new Map<string, number>();
      for (const change of changes) this.#write(change, positions);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
    for (const change of changes) this.state.apply(change);
  }

  close(): void {
    this.#database.close();
  }

  #write(change: HubChange, positions: Map<string, number>): void {
    const statement = this.#statements[change.change];
    switch (change.change) {
      case 'putInstance':
        statement.run(change.row.instanceId, JSON.stringify(change.row));
        return;
      case 'clearHistory':
        positions.set(change.instanceId, 0);
        statement.run(change.instanceId);
        return;
      case 'removeInstance':
        statement.run(change.instanceId);
        return;
      case 'appendHistory': {
        let at = positions.get(change.instanceId) ?? this.state.historyOf(change.instanceId).length;
        for (const event of change.events) {
          statement.run(change.instanceId, at, JSON.stringify(event));
          at += 1;
        }
        positions.set(change.instanceId, at);
        return;
      }
      case 'putMessage':
        statement.run(change.message.id, JSON.stringify(change.message));
        return;
      case 'putActivity':
        statement.run(change.activity.id, JSON.stringify(change.activity));
        return;
      case 'removeMessage':
      case 'removeActivity':
        statement.run(change.id);
    }
  }

  #load(): void {
    for (const row of this.#bodies('SELECT body FROM instances')) {
      this.state.apply({ change: 'putInstance', row: row as InstanceRow });
    }
    const history = this.#database.prepare(
      'SELECT instance_id, body FROM history ORDER BY instance_id, position',
    );
    for (const row of history.iterate()) {
      const event = JSON.parse(String(row['body'])) as HistoryEvent;
      this.state.apply({
        change: 'appendHistory',
        instanceId: String(row['instance_id']),
        events: [event],
      });
    }
    for (const message of this.#bodies('SELECT body FROM messages ORDER BY id')) {
      this.state.apply({ change: 'putMessage', message: message as Message });
    }
    for (const activity of this.#bodies('SELECT body FROM activities ORDER BY id')) {
      this.state.apply({ change: 'putActivity', activity: activity as ActivityTask });
    }
  }

  *#bodies(sql: string): Generator {
    for (const row of this.#database.prepare(sql).iterate()) yield JSON.parse(String(row['body']));
  }
}

function claimFormat(database: DatabaseSync): void {
  const found = database.prepare('SELECT format_version FROM hub').get();
  if (found === undefined) {
    database.prepare('INSERT INTO hub VALUES (?)').run(FORMAT_VERSION);
    return;
  }
  if (found['format_version'] !== FORMAT_VERSION) {
    throw new Error(`its format version is ${String(found['format_version'])}, expected ${FORMAT_VERSION}`);
  }
}

function unusable(path: string, cause: unknown): LamplighterError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new LamplighterError(`The workflow store ${path} cannot be used: ${why}.`, {
    code: 'durable.store-unusable',
    fault: 'deployment',
    fix: 'Stop the other process that uses it, or delete the file to begin anew.',
    cause,
  });
}
