const suspect = /\p{Cc}(\[\d{1,2}m)?|[\u202a-\u202e\u2066-\u2069]/gu;

/**
 * What may be printed of a text that holds names from elsewhere. Colours are ours; whatever else moves a cursor, sets a
 * title or turns the direction of writing came with some name.
 */
export const harmlessText = (text: string): string =>
  text.replace(suspect, (found: string, colour: string | undefined) => {
    const isKept = found.startsWith('\n') || (found.startsWith('\u001b') && colour !== undefined);
    return isKept ? found : (colour ?? '');
  });
