// A worker reduced to what the bundle may count on: Node and '@azure/functions-core'. Prints what was registered.
const { Module, isBuiltin } = require('node:module');
const path = require('node:path');

const bundle = process.argv[2];
const functions = [];
const foreign = [];
const disposable = { dispose() {} };
const original = Module.prototype.require;
Module.prototype.require = function (id) {
  if (id === '@azure/functions-core') {
    return {
      version: '3.9.1',
      hostVersion: '4.1037.0',
      setProgrammingModel() {},
      getProgrammingModel() {},
      registerHook: () => disposable,
      registerFunction({ name, bindings }) {
        functions.push({ name, bindings: Object.values(bindings) });
        return disposable;
      },
      log() {},
    };
  }
  const ours =
    this === module || (id.startsWith('./') && path.dirname(this.filename) === path.dirname(bundle));
  if (!isBuiltin(id) && !ours) foreign.push(id);
  return original.call(this, id);
};
require(bundle);
const sdksLoadedWithTheApp = Object.keys(require.cache).some((file) => file.endsWith('azure-sdks.cjs'));

const sdks = require(path.join(path.dirname(bundle), 'azure-sdks.cjs'));
const empty = Object.entries(sdks).filter(([, load]) => Object.keys(load()).length === 0);

void Promise.reject(new Error('nobody waited for this'));
setImmediate(() => {
  console.log(
    JSON.stringify({
      functions,
      foreign,
      sdks: Object.keys(sdks),
      sdksLoadedWithTheApp,
      empty,
      survived: true,
    }),
  );
});
