/** Does something and says what came of it: the given words, or else the answer. */
export type Doing = (said: string | null, deed: () => Promise<unknown>) => void;
