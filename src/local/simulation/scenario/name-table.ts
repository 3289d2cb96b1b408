import type { YamlPath } from '../../../core/yaml/fault.ts';
import type { FaultCollector } from './reader.ts';

type Known = { readonly name: string; readonly workspace: string };

/** Who and what the file names, so that a misspelt reference is told instead of never being met. */
export class NameTable {
  readonly #faults: FaultCollector;
  /** Null: the file lists no users, then every name is a person. */
  readonly #users: ReadonlySet<string> | null;
  readonly #teams: ReadonlySet<string>;
  readonly #workspaces: ReadonlySet<string>;
  readonly #computes = new Map<string, Known[]>();
  readonly #requests = new Set<string>();
  readonly #changes = new Map<string, Set<string>>();

  constructor(
    faults: FaultCollector,
    names: {
      readonly users: Iterable<string> | null;
      readonly teams: Iterable<string>;
      readonly workspaces: Iterable<string>;
    },
  ) {
    this.#faults = faults;
    this.#users = names.users === null ? null : new Set(names.users);
    this.#teams = new Set(names.teams);
    this.#workspaces = new Set(names.workspaces);
  }

  addCompute(name: string, workspace: string): void {
    const key = name.toLowerCase();
    const known = this.#computes.get(key) ?? [];
    if (!known.some((other) => other.workspace === workspace)) known.push({ name, workspace });
    this.#computes.set(key, known);
  }

  addRequest(id: string): void {
    this.#requests.add(id);
  }

  /** An attach, detach or re-attach that an expectation may name. */
  addChange(word: string, id: string): void {
    const known = this.#changes.get(word) ?? new Set();
    this.#changes.set(word, known.add(id));
  }

  user(name: string | undefined, path: YamlPath): void {
    if (name === undefined || this.#users === null || this.#users.has(name)) return;
    this.#faults.addUnknown(path, 'user of this file', name, this.#users);
  }

  team(name: string | undefined, path: YamlPath): void {
    if (name === undefined || this.#users === null || this.#teams.has(name)) return;
    this.#faults.addUnknown(path, 'team of a user of this file', name, this.#teams);
  }

  workspace(name: string | undefined, path: YamlPath): void {
    if (name === undefined || this.#workspaces.has(name)) return;
    this.#faults.addUnknown(path, 'workspace of this file', name, this.#workspaces);
  }

  compute(name: string | undefined, workspace: string | undefined, path: YamlPath): void {
    if (name === undefined) return;
    const known = this.#computes.get(name.toLowerCase()) ?? [];
    if (known.length === 0) {
      const names = [...this.#computes.values()].flatMap((entries) => entries.map((entry) => entry.name));
      this.#faults.addUnknown(path, 'compute of this file', name, names);
      return;
    }
    if (workspace === undefined) {
      if (known.length === 1) return;
      const places = known.map((entry) => entry.workspace).join(', ');
      this.#faults.add(
        path,
        `${name} is in several workspaces, expected workspace: beside it, one of ${places}`,
      );
    } else if (!known.some((entry) => entry.workspace === workspace)) {
      this.#faults.add(path, `${name} is not in workspace ${workspace}, expected ${known[0]?.workspace}`);
    }
  }

  request(id: string, path: YamlPath): void {
    if (this.#requests.has(id)) return;
    this.#faults.addUnknown(path, 'request of the timeline', id, this.#requests);
  }

  change(word: string, id: string, path: YamlPath): void {
    const known = this.#changes.get(word) ?? new Set<string>();
    if (known.has(id)) return;
    this.#faults.addUnknown(path, `${word} of the timeline`, id, known);
  }
}
