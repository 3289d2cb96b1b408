'use strict';
// Test application for recording: unmodified durable-functions 3.5 orchestrators and activities, one small
// orchestrator per behaviour. Time-dependent parts use parameters in the input so that a fast engine can run
// them quickly. `ctl` is the only side channel: the recording driver flips its flags between episodes.
const df = require('durable-functions');

const ctl = { attempts: {}, flags: {}, gates: {}, sleep: (ms) => new Promise((r) => setTimeout(r, ms)) };
const O = (name, fn) => df.app.orchestration(name, fn);
const A = (name, handler) => df.app.activity(name, { handler });
// Adapted: time passes by the driver's clock, so that the cases run in virtual time.
const sleep = (ms) => ctl.sleep(ms);
const secs = (ctx, s) => new Date(ctx.df.currentUtcDateTime.getTime() + s * 1000);
const typeOf = (v) =>
    v === null ? 'null' : Array.isArray(v) ? 'array' : v instanceof Date ? 'Date' : Buffer.isBuffer(v) ? 'Buffer' : typeof v;
const see = (v) => ({ type: typeOf(v), json: JSON.stringify(v) === undefined ? null : JSON.stringify(v) });
const seeErr = (e) => ({ ctor: e && e.constructor && e.constructor.name, name: e && e.name, message: e && e.message, keys: Object.keys(e || {}) });

// ---------------------------------------------------------------- activities
A('hello', (input) => `Hello ${input}`);
A('echo', (input) => input);
A('describe', (input) => see(input));
A('describeArgs', function (...args) { return { count: args.length - 1, first: see(args[0]), trigger: see(args[args.length - 1].triggerMetadata) }; });
A('slow', async (input) => { await sleep(input.ms); return input.value === undefined ? 'slow' : input.value; });
A('big', (n) => 'x'.repeat(n));
A('give', (what) => {
    switch (what) {
        case 'undefined': return undefined;
        case 'null': return null;
        case 'true': return true;
        case 'false': return false;
        case 'zero': return 0;
        case 'int': return 42;
        case 'negative': return -7;
        case 'bigint53': return 9007199254740991;
        case 'float': return 1.5;
        case 'floatWhole': return 2.0;
        case 'tiny': return 1e-7;
        case 'nan': return NaN;
        case 'emptyString': return '';
        case 'text': return 'text';
        case 'numericString': return '123';
        case 'trueString': return 'true';
        case 'nullString': return 'null';
        case 'jsonString': return '{"a":1}';
        case 'quotes': return 'a"b\\c\n\u00e9\u{1F600}';
        case 'isoString': return '2024-01-02T03:04:05.678Z';
        case 'date': return new Date(Date.UTC(2024, 0, 2, 3, 4, 5, 678));
        case 'emptyArray': return [];
        case 'array': return [1, 'a', null, true, 1.5];
        case 'emptyObject': return {};
        case 'object': return { a: 1, b: { c: [1, 2] }, n: null, u: undefined, d: new Date(0), iso: '2024-01-02T03:04:05Z' };
        case 'timestampKey': return { Timestamp: '2024-01-02T03:04:05Z' };
        case 'buffer': return Buffer.from('abc');
        default: throw new Error('unknown kind ' + what);
    }
});
A('fail', (input) => { throw new Error(`boom ${input}`); });
A('failTyped', () => { const e = new TypeError('typed boom'); e.code = 'E_TYPED'; throw e; });
A('failString', () => { throw 'string boom'; });
A('failEmpty', () => { throw new Error(''); });
A('failObject', () => { throw { code: 7, message: 'object boom' }; });
A('failMultiline', () => { throw new Error('line1\nline2 "quoted" \u00e9\nStack: fake\nException: fake'); });
A('flaky', (input) => {
    const n = (ctl.attempts[input.key] = (ctl.attempts[input.key] || 0) + 1);
    if (n <= input.failures) throw new Error(`flaky ${n}`);
    return `ok after ${n}`;
});
A('failWhenFlag', (key) => { if (ctl.flags[key]) throw new Error('flag ' + key); return 'fine ' + key; });

// ---------------------------------------------------------------- plain returns
O('Noop', function* () { });
O('NoopValue', function* () { return { ok: true, n: 1, s: 'x' }; });
O('ReturnInput', function* (ctx) { const v = ctx.df.getInput(); return { saw: see(v), value: v }; });
O('ReturnRaw', function* (ctx) { return ctx.df.getInput(); });
O('ReturnKinds', function* (ctx) {
    switch (ctx.df.getInput()) {
        case 'string': return 'plain';
        case 'jsonString': return '{"a":1}';
        case 'zero': return 0;
        case 'false': return false;
        case 'null': return null;
        case 'emptyString': return '';
        case 'array': return [];
        case 'date': return new Date(0);
        case 'float': return 1.5;
    }
});
O('Props', function* (ctx) {
    return { instanceId: ctx.df.instanceId, parent: ctx.df.parentInstanceId === undefined ? 'undefined' : ctx.df.parentInstanceId, replay: ctx.df.isReplaying, version: ctx.df.version === undefined ? 'undefined' : ctx.df.version, functionName: ctx.functionName };
});

// ---------------------------------------------------------------- activities in sequence, data types
O('Seq3', function* (ctx) {
    const out = [];
    out.push(yield ctx.df.callActivity('hello', 'Tokyo'));
    out.push(yield ctx.df.callActivity('hello', 'Seattle'));
    out.push(yield ctx.df.callActivity('hello', 'London'));
    return out;
});
O('ActivityInputs', function* (ctx) {
    const values = [undefined, null, true, false, 0, 5, -1.5, 1e21, '', 'text', '123', 'true', 'null', '{"a":1}', '"q"', new Date(Date.UTC(2024, 0, 2, 3, 4, 5, 678)), '2024-01-02T03:04:05.678Z', '2024-01-02', [], [1, 'a', null], {}, { a: 1, b: { c: [true] }, n: null, u: undefined }, { iso: '2024-01-02T03:04:05.678Z', isoOff: '2024-01-02T03:04:05+02:00' }, 'a"b\\c\n\u00e9\u{1F600}'];
    const out = [];
    for (const v of values) out.push({ sent: see(v), seen: yield ctx.df.callActivity('describe', v) });
    return out;
});
O('ActivityNoArg', function* (ctx) { return yield ctx.df.callActivity('describeArgs'); });
O('ActivityOutputs', function* (ctx) {
    const kinds = ['undefined', 'null', 'true', 'false', 'zero', 'int', 'negative', 'bigint53', 'float', 'floatWhole', 'tiny', 'nan', 'emptyString', 'text', 'numericString', 'trueString', 'nullString', 'jsonString', 'quotes', 'isoString', 'date', 'emptyArray', 'array', 'emptyObject', 'object', 'timestampKey', 'buffer'];
    const out = [];
    for (const k of kinds) out.push({ kind: k, got: see(yield ctx.df.callActivity('give', k)) });
    return out;
});
O('LargeString', function* (ctx) {
    const s = yield ctx.df.callActivity('big', 100000);
    const back = yield ctx.df.callActivity('echo', s);
    return { len: s.length, back: back.length, text: back };
});

// ---------------------------------------------------------------- fan-out
O('FanOut', function* (ctx) { return yield ctx.df.Task.all([1, 2, 3, 4, 5].map((i) => ctx.df.callActivity('echo', i))); });
O('FanOutEmpty', function* (ctx) { return yield ctx.df.Task.all([]); });
O('FanOutReverse', function* (ctx) { return yield ctx.df.Task.all([600, 300, 0].map((ms) => ctx.df.callActivity('slow', { ms, value: ms }))); });
O('FanOutOneFails', function* (ctx) {
    try { return yield ctx.df.Task.all([ctx.df.callActivity('echo', 1), ctx.df.callActivity('fail', 'A'), ctx.df.callActivity('slow', { ms: 800, value: 'late' })]); }
    catch (e) { const err = seeErr(e); const next = yield ctx.df.callActivity('hello', 'after'); return { err, next, now: ctx.df.currentUtcDateTime }; }
});
O('FanOutTwoFail', function* (ctx) {
    try { return yield ctx.df.Task.all([ctx.df.callActivity('fail', 'A'), ctx.df.callActivity('echo', 1), ctx.df.callActivity('fail', 'B')]); }
    catch (e) { return { err: seeErr(e) }; }
});
O('FanOutFailUncaught', function* (ctx) { return yield ctx.df.Task.all([ctx.df.callActivity('echo', 1), ctx.df.callActivity('fail', 'U')]); });
O('CreateThenYieldLater', function* (ctx) {
    const a = ctx.df.callActivity('echo', 'a'); const b = ctx.df.callActivity('echo', 'b'); const never = ctx.df.callActivity('echo', 'never'); void never;
    const rb = yield b; const ra = yield a; return [ra, rb];
});
O('Nested', function* (ctx) {
    const g1 = ctx.df.Task.all([ctx.df.callActivity('echo', 1), ctx.df.callActivity('echo', 2)]);
    const g2 = ctx.df.Task.any([ctx.df.callActivity('slow', { ms: 300, value: 's' }), ctx.df.callActivity('echo', 3)]);
    const r = yield ctx.df.Task.all([g1, g2]);
    return { first: r[0], winner: r[1] && r[1].result };
});

// ---------------------------------------------------------------- timers, Task.any
O('AnyActivityWins', function* (ctx) {
    const act = ctx.df.callActivity('hello', 'fast'); const t = ctx.df.createTimer(secs(ctx, 30));
    const w = yield ctx.df.Task.any([act, t]);
    if (w === act) { t.cancel(); return { winner: 'activity', result: act.result, timerCanceled: t.isCanceled }; }
    return { winner: 'timer' };
});
O('AnyActivityWinsNoCancel', function* (ctx) {
    const act = ctx.df.callActivity('hello', 'fast'); const t = ctx.df.createTimer(secs(ctx, ctx.df.getInput().timer));
    const w = yield ctx.df.Task.any([act, t]);
    return { winner: w === act ? 'activity' : 'timer' };
});
O('AnyTimerWins', function* (ctx) {
    const i = ctx.df.getInput(); const act = ctx.df.callActivity('slow', { ms: i.slow, value: 'late' }); const t = ctx.df.createTimer(secs(ctx, i.timer));
    const w = yield ctx.df.Task.any([act, t]);
    return { winner: w === act ? 'activity' : 'timer', actDone: act.isCompleted };
});
O('AnyThenLoser', function* (ctx) {
    const a = ctx.df.callActivity('slow', { ms: 700, value: 'A' }); const b = ctx.df.callActivity('slow', { ms: 0, value: 'B' });
    const w = yield ctx.df.Task.any([a, b]); const first = w.result; const other = yield (w === a ? b : a);
    return { first, other };
});
O('AnyFailing', function* (ctx) {
    const a = ctx.df.callActivity('fail', 'first'); const b = ctx.df.callActivity('slow', { ms: 600, value: 'B' });
    try { const w = yield ctx.df.Task.any([a, b]); return { w: w === a ? 'a' : 'b', faulted: w.isFaulted, completed: w.isCompleted, result: w.result instanceof Error ? seeErr(w.result) : w.result }; }
    catch (e) { return { caught: seeErr(e) }; }
});
O('ThrowWithOutstanding', function* (ctx) { const a = ctx.df.callActivity('echo', 1); const b = ctx.df.callActivity('slow', { ms: 1500, value: 'late' }); yield ctx.df.Task.any([a, b]); throw new Error('left early'); });
O('ReturnWithOutstandingSub', function* (ctx) { const a = ctx.df.callActivity('echo', 1); const b = ctx.df.callSubOrchestrator('ChildWaits', null, ctx.df.instanceId + '-child'); const w = yield ctx.df.Task.any([a, b]); return w === a ? 'activity' : 'sub'; });
O('TimerShort', function* (ctx) {
    const a = ctx.df.currentUtcDateTime; const due = new Date(a.getTime() + 1234); const r = yield ctx.df.createTimer(due);
    const b = ctx.df.currentUtcDateTime; return { before: a, due, after: b, late: b.getTime() - due.getTime(), result: r === undefined ? 'undefined' : r };
});
O('TimerPast', function* (ctx) { yield ctx.df.createTimer(new Date(Date.UTC(2020, 0, 1))); return 'fired'; });
O('TimerNow', function* (ctx) { yield ctx.df.createTimer(ctx.df.currentUtcDateTime); return 'fired'; });
O('TimerLong', function* (ctx) { yield ctx.df.createTimer(new Date(ctx.df.currentUtcDateTime.getTime() + 10 * 86400000)); return 'fired'; });
O('TimerLoop', function* (ctx) { for (let i = 0; i < 3; i++) yield ctx.df.createTimer(secs(ctx, 0.5)); return ctx.df.currentUtcDateTime; });

// ---------------------------------------------------------------- events
O('WaitEvent', function* (ctx) { const v = yield ctx.df.waitForExternalEvent('Go'); return see(v); });
O('WaitEventLate', function* (ctx) { yield ctx.df.callActivity('slow', { ms: ctx.df.getInput().ms, value: 1 }); const v = yield ctx.df.waitForExternalEvent('Go'); return see(v); });
O('WaitTwoSequential', function* (ctx) { const a = yield ctx.df.waitForExternalEvent('Go'); const b = yield ctx.df.waitForExternalEvent('Go'); return [a, b]; });
O('WaitTwoParallel', function* (ctx) { return yield ctx.df.Task.all([ctx.df.waitForExternalEvent('Go'), ctx.df.waitForExternalEvent('Go')]); });
O('WaitAllNames', function* (ctx) { return yield ctx.df.Task.all([ctx.df.waitForExternalEvent('A'), ctx.df.waitForExternalEvent('B')]); });
O('WaitAnyNames', function* (ctx) {
    const a = ctx.df.waitForExternalEvent('A'); const b = ctx.df.waitForExternalEvent('B'); const w = yield ctx.df.Task.any([a, b]);
    return { winner: w === a ? 'A' : 'B', result: w.result };
});
O('Approval', function* (ctx) {
    const t = ctx.df.createTimer(secs(ctx, ctx.df.getInput().timer)); const ev = ctx.df.waitForExternalEvent('Approval');
    const w = yield ctx.df.Task.any([ev, t]);
    if (w === ev) { t.cancel(); return yield ctx.df.callActivity('echo', { approved: ev.result }); }
    return yield ctx.df.callActivity('echo', 'escalated');
});
O('ApprovalThenMore', function* (ctx) {
    const ev = ctx.df.waitForExternalEvent('Approval'); const t = ctx.df.createTimer(secs(ctx, 1)); const w = yield ctx.df.Task.any([ev, t]);
    if (w === t) { const v = yield ctx.df.waitForExternalEvent('Approval'); return { late: v }; }
    return { early: ev.result };
});

// ---------------------------------------------------------------- failures
O('ActFailCaught', function* (ctx) { try { return yield ctx.df.callActivity(ctx.df.getInput().name, 'X'); } catch (e) { return seeErr(e); } });
O('ActFailUncaught', function* (ctx) { return yield ctx.df.callActivity('fail', 'X'); });
O('ThrowError', function* () { throw new Error('orchestrator boom'); });
O('ThrowTyped', function* () { const e = new RangeError('typed orchestrator boom'); e.code = 5; throw e; });
O('ThrowAfterActivity', function* (ctx) { yield ctx.df.callActivity('hello', 'before'); throw new Error('late boom\nsecond "line"'); });
O('ThrowString', function* () { throw 'just text'; });
O('ThrowEmpty', function* () { throw new Error(''); });
O('ThrowObject', function* () { throw { message: 'an object', code: 1 }; });
O('UnknownActivity', function* (ctx) { return yield ctx.df.callActivity('doesNotExist', 1); });
O('UnknownActivityCaught', function* (ctx) { try { return yield ctx.df.callActivity('doesNotExist', 1); } catch (e) { return seeErr(e); } });
O('UnknownSub', function* (ctx) { return yield ctx.df.callSubOrchestrator('DoesNotExist', 1); });
O('UnknownSubCaught', function* (ctx) { try { return yield ctx.df.callSubOrchestrator('DoesNotExist', 1); } catch (e) { return seeErr(e); } });
O('YieldNonTask', function* () { return yield 5; });
O('NotGenerator', async function () { return 'async'; });
O('FireAndForget', function* (ctx) { ctx.df.callActivity('hello', 'nobody'); return 'not awaited'; });
O('CaseInsensitive', function* (ctx) { return yield ctx.df.callActivity('HELLO', 'case'); });
O('NonDeterministic', function* (ctx) {
    if (!ctl.flags['nd-' + ctx.df.instanceId]) { ctl.flags['nd-' + ctx.df.instanceId] = true; return yield ctx.df.callActivity('hello', 'first'); }
    return yield ctx.df.callActivity('echo', 'changed');
});
O('NonDeterministicKind', function* (ctx) {
    if (!ctl.flags['nd-' + ctx.df.instanceId]) { ctl.flags['nd-' + ctx.df.instanceId] = true; return yield ctx.df.callActivity('hello', 'first'); }
    yield ctx.df.createTimer(secs(ctx, 1)); return 'timer';
});

// ---------------------------------------------------------------- retries
O('RetryOk', function* (ctx) { return yield ctx.df.callActivityWithRetry('flaky', new df.RetryOptions(500, 5), { key: ctx.df.instanceId, failures: 2 }); });
O('RetryExhausts', function* (ctx) { return yield ctx.df.callActivityWithRetry('flaky', new df.RetryOptions(300, 3), { key: ctx.df.instanceId, failures: 99 }); });
O('RetryExhaustsCaught', function* (ctx) {
    try { return yield ctx.df.callActivityWithRetry('flaky', new df.RetryOptions(300, 2), { key: ctx.df.instanceId, failures: 99 }); }
    catch (e) { const x = yield ctx.df.callActivity('hello', 'cleanup'); return { err: seeErr(e), x }; }
});
O('RetryBackoff', function* (ctx) {
    const r = new df.RetryOptions(200, 4); r.backoffCoefficient = 2; r.maxRetryIntervalInMilliseconds = 500;
    return yield ctx.df.callActivityWithRetry('flaky', r, { key: ctx.df.instanceId, failures: 3 });
});
O('RetryParallel', function* (ctx) {
    const r = new df.RetryOptions(300, 3); const k = ctx.df.instanceId;
    return yield ctx.df.Task.all([ctx.df.callActivityWithRetry('flaky', r, { key: k + 'a', failures: 1 }), ctx.df.callActivity('echo', 'mid'), ctx.df.callActivityWithRetry('flaky', r, { key: k + 'b', failures: 2 })]);
});
O('RetryFirstOk', function* (ctx) { return yield ctx.df.callActivityWithRetry('hello', new df.RetryOptions(500, 3), 'once'); });

// ---------------------------------------------------------------- sub-orchestrations
O('Child', function* (ctx) { const i = ctx.df.getInput(); const r = yield ctx.df.callActivity('echo', i); return { child: ctx.df.instanceId, parent: ctx.df.parentInstanceId, input: see(i), r }; });
O('ChildFails', function* () { throw new Error('child boom'); });
O('ChildActFails', function* (ctx) { return yield ctx.df.callActivity('fail', 'inchild'); });
O('ChildFlaky', function* (ctx) { return yield ctx.df.callActivity('flaky', ctx.df.getInput()); });
O('ChildWaits', function* (ctx) { return yield ctx.df.waitForExternalEvent('Go'); });
O('SubOk', function* (ctx) { return yield ctx.df.callSubOrchestrator('Child', { a: 1 }); });
O('SubInputs', function* (ctx) { const out = []; for (const v of [undefined, null, 'text', '123', 5, true, [1], { d: '2024-01-02T03:04:05Z' }]) { const r = yield ctx.df.callSubOrchestrator('Child', v); out.push({ sent: see(v), saw: r.input, r: see(r.r) }); } return out; });
O('SubGivenId', function* (ctx) { return yield ctx.df.callSubOrchestrator('Child', 'x', ctx.df.getInput()); });
O('SubFails', function* (ctx) { return yield ctx.df.callSubOrchestrator('ChildFails', 1); });
O('SubFailsCaught', function* (ctx) { try { return yield ctx.df.callSubOrchestrator(ctx.df.getInput(), 1); } catch (e) { return seeErr(e); } });
O('SubFanOut', function* (ctx) { return yield ctx.df.Task.all([1, 2].map((i) => ctx.df.callSubOrchestrator('Child', i))); });
O('SubRetryOk', function* (ctx) { return yield ctx.df.callSubOrchestratorWithRetry('ChildFlaky', new df.RetryOptions(300, 3), { key: ctx.df.instanceId, failures: 1 }); });
O('SubRetryExhausts', function* (ctx) { return yield ctx.df.callSubOrchestratorWithRetry('ChildFails', new df.RetryOptions(300, 2), 1); });
O('SubRetryGivenId', function* (ctx) { return yield ctx.df.callSubOrchestratorWithRetry('ChildFlaky', new df.RetryOptions(300, 3), { key: ctx.df.instanceId, failures: 1 }, ctx.df.getInput()); });
O('SubWaitsCaught', function* (ctx) { try { return yield ctx.df.callSubOrchestrator('ChildWaits', null, ctx.df.getInput()); } catch (e) { return seeErr(e); } });
O('SubWaits', function* (ctx) { return yield ctx.df.callSubOrchestrator('ChildWaits', null, ctx.df.getInput()); });

// ---------------------------------------------------------------- continue-as-new
O('Can3', function* (ctx) {
    const s = ctx.df.getInput(); s.log.push(yield ctx.df.callActivity('echo', s.n)); s.n++;
    if (s.n < 4) { ctx.df.setCustomStatus({ gen: s.n }); ctx.df.continueAsNew(s); return 'ignored'; }
    return s;
});
O('CanString', function* (ctx) { const s = ctx.df.getInput(); if (typeof s === 'object') { ctx.df.continueAsNew('again'); return; } return see(s); });
O('CanUndefined', function* (ctx) { const s = ctx.df.getInput(); if (s) { ctx.df.continueAsNew(undefined); return; } return see(s); });
O('CanBuffered', function* (ctx) {
    const s = ctx.df.getInput();
    if (s.gen === 0) { const first = yield ctx.df.waitForExternalEvent('Go'); yield ctx.df.callActivity('slow', { ms: s.ms, value: 0 }); ctx.df.continueAsNew({ gen: 1, first }); return; }
    const t = ctx.df.createTimer(secs(ctx, 3)); const ev = ctx.df.waitForExternalEvent('Go'); const w = yield ctx.df.Task.any([ev, t]);
    if (w === ev) t.cancel();
    return { first: s.first, second: w === ev ? ev.result : 'timeout' };
});
O('CanCollect', function* (ctx) {
    const s = ctx.df.getInput(); const v = yield ctx.df.waitForExternalEvent('Add'); s.items.push(v);
    if (s.items.length < s.want) { ctx.df.continueAsNew(s); return; }
    return s.items;
});
O('CanPendingActivity', function* (ctx) {
    const s = ctx.df.getInput();
    if (s.gen === 0) { const slow = ctx.df.callActivity('slow', { ms: 500, value: 'old' }); const fast = ctx.df.callActivity('echo', 'new'); yield ctx.df.Task.any([slow, fast]); ctx.df.continueAsNew({ gen: 1 }); return; }
    return yield ctx.df.callActivity('slow', { ms: 900, value: 'gen1' });
});

O('SubCan', function* (ctx) { return yield ctx.df.callSubOrchestrator('Can3', { n: 2, log: [] }, ctx.df.instanceId + '-child'); });
O('CanPendingTimer', function* (ctx) {
    const s = ctx.df.getInput();
    if (s.gen === 0) { const t = ctx.df.createTimer(secs(ctx, 2)); const fast = ctx.df.callActivity('echo', 'x'); yield ctx.df.Task.any([t, fast]); ctx.df.continueAsNew({ gen: 1 }); return; }
    const a = ctx.df.currentUtcDateTime; yield ctx.df.createTimer(secs(ctx, 3)); return ctx.df.currentUtcDateTime.getTime() - a.getTime() > 1000 ? 'full' : 'short';
});
// ---------------------------------------------------------------- context helpers
O('Guids', function* (ctx) { const a = ctx.df.newGuid('seed'); const b = ctx.df.newGuid('seed'); yield ctx.df.callActivity('echo', 1); const c = ctx.df.newGuid('seed'); return [a, b, c]; });
O('Clock', function* (ctx) { const out = [ctx.df.currentUtcDateTime]; yield ctx.df.callActivity('slow', { ms: 50, value: 1 }); out.push(ctx.df.currentUtcDateTime); yield ctx.df.callActivity('slow', { ms: 50, value: 1 }); out.push(ctx.df.currentUtcDateTime, ctx.df.currentUtcDateTime); return out; });
O('CustomStatus', function* (ctx) {
    ctx.df.setCustomStatus('one'); yield ctx.df.callActivity('slow', { ms: 300, value: 1 });
    ctx.df.setCustomStatus({ step: 2 }); yield ctx.df.callActivity('slow', { ms: 300, value: 2 });
    ctx.df.setCustomStatus(null); yield ctx.df.callActivity('slow', { ms: 300, value: 3 });
    ctx.df.setCustomStatus(''); return 'end';
});
O('CustomStatusTypes', function* (ctx) { ctx.df.setCustomStatus(ctx.df.getInput().v); yield ctx.df.waitForExternalEvent('Go'); return 1; });
O('CustomStatusBig', function* (ctx) { ctx.df.setCustomStatus('x'.repeat(20000)); return 1; });

// ---------------------------------------------------------------- management
O('Waiting', function* (ctx) { ctx.df.setCustomStatus('waiting'); const v = yield ctx.df.waitForExternalEvent('Go'); const r = yield ctx.df.callActivity('echo', v); return { v, r }; });
O('LongActivity', function* (ctx) { return yield ctx.df.callActivity('slow', { ms: ctx.df.getInput().ms, value: 'done' }); });
O('RewindMe', function* (ctx) { const k = ctx.df.instanceId; const a = yield ctx.df.callActivity('hello', 'pre'); const b = yield ctx.df.callActivity('failWhenFlag', k); const c = yield ctx.df.callActivity('hello', 'post'); return [a, b, c]; });
O('RewindChild', function* (ctx) { return yield ctx.df.callActivity('failWhenFlag', ctx.df.getInput()); });
O('RewindParent', function* (ctx) { return yield ctx.df.callSubOrchestrator('RewindChild', ctx.df.instanceId, ctx.df.instanceId + '-child'); });

O('UnknownWithEvent', function* (ctx) { const bad = ctx.df.callActivity('doesNotExist', 1); const ev = ctx.df.waitForExternalEvent('Go'); const w = yield ctx.df.Task.any([bad, ev]); return w === ev ? 'event' : 'activity'; });
O('OneTimer', function* (ctx) { yield ctx.df.createTimer(secs(ctx, ctx.df.getInput().s)); return 'fired'; });

O('CancelTimerThenWait', function* (ctx) {
    const a = ctx.df.callActivity('echo', 1); const t = ctx.df.createTimer(secs(ctx, 2)); yield ctx.df.Task.any([a, t]); t.cancel();
    return yield ctx.df.waitForExternalEvent('Go');
});

module.exports = { ctl };
