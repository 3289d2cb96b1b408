/** The word of a line that names an instance. */
export const instanceWord = {
  instance: {
    type: 'positional',
    required: true,
    description:
      'NAME where it is unique, WORKSPACE/NAME, SUBSCRIPTION/RESOURCE-GROUP/WORKSPACE/NAME or ARM id',
  },
} as const;
