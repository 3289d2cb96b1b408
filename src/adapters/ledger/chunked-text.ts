/** A string property of an Azure Tables entity holds 64 KiB: 32,768 UTF-16 units. */
export const maxChunkLength = 32_000;

/** Cuts text into pieces that fit a property. */
export function chunkText(text: string): readonly string[] {
  const count = Math.ceil(text.length / maxChunkLength);
  return Array.from({ length: count }, (_, index) =>
    text.slice(index * maxChunkLength, (index + 1) * maxChunkLength),
  );
}
