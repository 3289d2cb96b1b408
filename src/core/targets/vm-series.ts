const pattern = /^(?:Standard_)?([A-Z]+)(\d+)(?:-\d+)?([a-z]*)(?:_(?!v\d+$)([A-Z]\d+[A-Z]*))?(?:_v(\d+))?$/i;

/** In these series Azure drops the letters of a size's features (storage, RDMA, memory) from the series' name. */
const plainPrefixes = /^(?:N|H|M)/;

type Parts = { prefix: string; features: string; accelerator: string; version: string };

function partsOf(size: string): Parts | null {
  const match = pattern.exec(size);
  if (match === null) return null;
  const [, prefix = '', , features = '', accelerator = '', version] = match;
  return {
    prefix: prefix.toUpperCase(),
    features: features.toLowerCase(),
    accelerator: accelerator.toUpperCase(),
    version: version === undefined ? '' : `v${version}`,
  };
}

/**
 * The series of a VM size, in the way Azure writes them: Standard_DS3_v2 → DSv2, Standard_D2s_v3 → DSv3,
 * Standard_NC24rs_v3 → NCv3, Standard_M128ms → M. Null for a name of another form.
 */
export function vmSeries(size: string): string | null {
  const parts = partsOf(size);
  if (parts === null) return null;
  const { prefix, features, accelerator, version } = parts;
  if (accelerator !== '') return `${prefix}${features}${accelerator}${version}`;
  if (plainPrefixes.test(prefix)) return `${prefix}${version}`;
  return `${prefix}${features.toUpperCase()}${version}`;
}

/**
 * Every name the series of a size goes by, the one of `vmSeries` first: Azure's pages say NCv3 and NCsv3, ND and NDs,
 * HC and HCS for the same machines. Empty for a name of another form.
 */
export function vmSeriesNames(size: string): readonly string[] {
  const parts = partsOf(size);
  const main = vmSeries(size);
  if (parts === null || main === null) return [];
  const { prefix, features, accelerator, version } = parts;
  const names = new Set([main]);
  if (accelerator !== '') {
    names.add(`${prefix}${features}${accelerator}${version === '' ? '' : `_${version}`}`);
    names.add(`${prefix}${accelerator}${version}`);
  } else if (plainPrefixes.test(prefix)) {
    if (features.includes('s')) names.add(`${prefix}s${version}`);
    if (features !== '') names.add(`${prefix}${features}${version}`);
  }
  return [...names];
}

/** Whether sizes of this name or glob, or series of it, have GPUs, as far as its first letters tell; null: they do not. */
export function gpuByName(name: string): boolean | null {
  const bare = name.replace(/^standard_/i, '');
  // NP machines carry FPGAs.
  if (/^np/i.test(bare) || bare.startsWith('*') || /^n\*/i.test(bare) || /^n$/i.test(bare)) return null;
  if (/^n/i.test(bare)) return true;
  return /^[a-m]/i.test(bare) ? false : null;
}
