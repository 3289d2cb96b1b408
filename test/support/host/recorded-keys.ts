import type { HostKeys } from '../../../src/local/host/keys.ts';

/** The made-up keys of the recordings. */
export const RECORDED_KEYS: HostKeys = {
  master: 'MASTER-KEY-0000000000000000000000000000000000',
  host: { default: 'HOST-DEFAULT-KEY-00000000000000000000000000' },
  system: {
    eventgrid_extension: 'EG-SYSTEM-KEY-0000000000000000000000000000',
    durabletask_extension: 'DT-SYSTEM-KEY-0000000000000000000000000000',
  },
  functions: { hello: { default: 'HELLO-FUNCTION-KEY-000000000000000000000000' } },
};
