import { defineCommand } from 'citty';

/** Every command of the command line, loaded when it is used. */
export const commands = defineCommand({
  meta: { name: 'lamplighter', description: 'Turns idle Azure Machine Learning compute off, and says why' },
  subCommands: {
    doctor: () => import('./commands/doctor.ts').then((module) => module.doctor),
    explain: () => import('./commands/explain.ts').then((module) => module.explain),
    instance: () => import('./commands/instance.ts').then((module) => module.instance),
    plan: () => import('./commands/plan.ts').then((module) => module.plan),
    request: () => import('./commands/request.ts').then((module) => module.request),
    snooze: () => import('./commands/snooze.ts').then((module) => module.snooze),
    unsnooze: () => import('./commands/snooze.ts').then((module) => module.unsnooze),
    'stop-after-job': () => import('./commands/stop-after-job.ts').then((module) => module.stopAfterJob),
    regret: () => import('./commands/regret.ts').then((module) => module.regret),
    waiting: () => import('./commands/waiting.ts').then((module) => module.waiting),
    quota: () => import('./commands/quota.ts').then((module) => module.quota),
    campaign: () => import('./commands/campaign.ts').then((module) => module.campaign),
    finding: () => import('./commands/finding.ts').then((module) => module.finding),
    attachment: () => import('./commands/attachment.ts').then((module) => module.attachment),
    target: () => import('./commands/target.ts').then((module) => module.target),
    policy: () => import('./commands/policy.ts').then((module) => module.policy),
    halt: () => import('./commands/halt.ts').then((module) => module.halt),
    resume: () => import('./commands/halt.ts').then((module) => module.resume),
    release: () => import('./commands/release.ts').then((module) => module.release),
    simulate: () => import('./commands/simulate.ts').then((module) => module.simulate),
  },
});
