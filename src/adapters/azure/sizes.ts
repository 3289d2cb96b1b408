import type { VmSize } from '../../core/computes.ts';
import type { AzureResult, Sizes } from '../../ports/azure.ts';
import type { ArmClients } from './arm-clients.ts';
import { azureResult } from './azure-failure.ts';
import { rawAnswer } from './raw-answer.ts';
import { fieldOf, listField, malformed, numberField, recordField, recordOf, textField } from './wire.ts';

const cachedForMs = 86_400_000;
const locationPattern = /^[a-z0-9]{2,40}$/;

/** One hour of Linux, pay as you go; null in any other currency or unit. */
function pricePerHourUsd(prices: Readonly<Record<string, unknown>>): number | null {
  if (textField(prices, 'billingCurrency')?.toLowerCase() !== 'usd') return null;
  if (textField(prices, 'unitOfMeasure')?.toLowerCase() !== 'onehour') return null;
  const standard = listField(prices, 'values')
    .map(recordOf)
    .find(
      (price) =>
        textField(price, 'osType')?.toLowerCase() === 'linux' &&
        textField(price, 'vmTier')?.toLowerCase() === 'standard',
    );
  const price = standard === undefined ? null : numberField(standard, 'retailPrice');
  return price !== null && price >= 0 ? price : null;
}

/** A size whose GPUs are not stated is left out: an instance of an unlisted size is never idle by metrics. */
function parseSize(value: unknown): readonly VmSize[] {
  const row = recordOf(value);
  const name = textField(row, 'name');
  const vCPUs = numberField(row, 'vCPUs');
  const gpus = numberField(row, 'gpus');
  if (name === null || vCPUs === null || gpus === null) return [];
  const supported = listField(row, 'supportedComputeTypes').filter((type) => typeof type === 'string');
  return [
    {
      name,
      family: textField(row, 'family') ?? '',
      vCPUs,
      gpus,
      pricePerHourUsd: pricePerHourUsd(recordField(row, 'estimatedVMPrices')),
      supportedComputeTypes: supported,
    },
  ];
}

type Cached = { readonly at: number; readonly value: ReadonlyMap<string, VmSize> };

/** Sizes and list prices, kept for a day; a failure is not kept. */
export function createSizes(reader: ArmClients): Sizes {
  const cache = new Map<string, Cached>();
  return {
    async list(subscriptionId, location): Promise<AzureResult<ReadonlyMap<string, VmSize>>> {
      const now = reader.clock.now();
      const key = `${subscriptionId}/${location}`;
      const cached = cache.get(key);
      if (cached !== undefined && now - cached.at < cachedForMs) return { ok: true, value: cached.value };
      return azureResult(reader.clock, async () => {
        if (!locationPattern.test(location)) throw malformed('a region has an unusual name');
        const { virtualMachineSizes } = await reader.client(subscriptionId);
        const body = await rawAnswer((options) => virtualMachineSizes.list(location, options));
        const rows = fieldOf(recordOf(body), 'value');
        if (!Array.isArray(rows)) throw malformed('there is no list of sizes');
        const value = new Map(rows.flatMap(parseSize).map((size) => [size.name.toLowerCase(), size]));
        cache.set(key, { at: now, value });
        return value;
      });
    },
  };
}
