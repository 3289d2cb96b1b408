type WithInstance = { readonly instanceId: string };

const GENERATED = /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/i;

/** Instance ids that were made up while a case ran: the first of the recording is the first of the played case, and so on. */
export class GeneratedIds {
  readonly #recorded: readonly WithInstance[];
  readonly #played: readonly WithInstance[];

  constructor(recorded: readonly WithInstance[], played: readonly WithInstance[]) {
    this.#recorded = recorded;
    this.#played = played;
  }

  /** The id itself if it was given by the driver. */
  playedFor(recordedId: string): string {
    if (!GENERATED.test(recordedId)) return recordedId;
    return generated(this.#played)[generated(this.#recorded).indexOf(recordedId)] ?? recordedId;
  }
}

function generated(episodes: readonly WithInstance[]): string[] {
  return [...new Set(episodes.map(({ instanceId }) => instanceId))].filter((id) => GENERATED.test(id));
}
