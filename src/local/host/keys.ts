/** Keys of one host. Names of functions and keys are free; values compare exactly, with case. */
export type HostKeys = {
  readonly master: string;
  readonly host: Readonly<Record<string, string>>;
  /** By extension: `eventgrid_extension`, `durabletask_extension`. */
  readonly system: Readonly<Record<string, string>>;
  /** By function, then by key name. A function without an entry gets a `default` key from `newKey` when it is first asked for. */
  readonly functions: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

export type AuthLevel = 'anonymous' | 'function' | 'admin' | 'system';
export type Access = 'granted' | 'unknown' | 'too-weak';

/**
 * Which doors a presented key opens. The real host answers from a cache that ignores the casing of a key once the right one was
 * used; that is a flaw and not imitated: here a key is right in its own casing only.
 */
export class KeyRing {
  readonly #keys: HostKeys;
  readonly #newKey: () => string;
  readonly #functionKeys = new Map<string, Readonly<Record<string, string>>>();

  constructor(keys: HostKeys, newKey: () => string) {
    this.#keys = keys;
    this.#newKey = newKey;
    for (const [name, values] of Object.entries(keys.functions)) {
      this.#functionKeys.set(name.toLowerCase(), values);
    }
  }

  get master(): string {
    return this.#keys.master;
  }
  get host(): Readonly<Record<string, string>> {
    return this.#keys.host;
  }
  get system(): Readonly<Record<string, string>> {
    return this.#keys.system;
  }

  ofFunction(name: string): Readonly<Record<string, string>> {
    const known = this.#functionKeys.get(name.toLowerCase());
    if (known !== undefined) return known;
    const created = { default: this.#newKey() };
    this.#functionKeys.set(name.toLowerCase(), created);
    return created;
  }

  opensFunction(level: AuthLevel, functionName: string, key: string | undefined): boolean {
    if (level === 'anonymous') return true;
    if (key === undefined || key === '') return false;
    if (key === this.#keys.master) return true;
    if (level === 'admin') return false;
    if (level === 'system') return Object.values(this.#keys.system).includes(key);
    return (
      Object.values(this.#keys.host).includes(key) ||
      Object.values(this.ofFunction(functionName)).includes(key)
    );
  }

  /** Doors under `/admin` (no system key) and `/runtime/webhooks` (the key of that extension). A function's key is unknown there. */
  opensHost(key: string | undefined, systemKey?: string): Access {
    if (key === undefined || key === '') return 'unknown';
    if (key === this.#keys.master) return 'granted';
    if (systemKey !== undefined && key === this.#keys.system[systemKey]) return 'granted';
    const known = [...Object.values(this.#keys.host), ...Object.values(this.#keys.system)];
    return known.includes(key) ? 'too-weak' : 'unknown';
  }
}
