/** Ids in the form of GUIDs that count up, so that a run depends on nothing but its seed. */
export function countedIds(space: number): () => string {
  let count = 0;
  const head = space.toString(16).padStart(8, '0');
  return () => {
    count += 1;
    return `${head}-0000-4000-8000-${count.toString(16).padStart(12, '0')}`;
  };
}
