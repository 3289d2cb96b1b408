import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hmacSeal } from '../../../src/adapters/links/hmac-seal.ts';
import { Secret } from '../../../src/config/secret.ts';
import { parseComputeRef, parseObjectId } from '../../../src/core/ids.ts';
import { linkText } from '../../../src/core/links/action-link.ts';
import type { Message } from '../../../src/ports/notifier.ts';
import { teamsCard } from '../../../src/present/warning-card.ts';

const publicUrl = 'https://lamplighter.example/base';
const message = (more: Partial<Message> = {}): Message => ({
  id: 'm-1',
  kind: 'warning',
  to: { objectId: parseObjectId('11111111-1111-1111-1111-111111111111'), name: 'Ada' },
  compute: parseComputeRef({
    subscription: '34adfa4f-cedf-4dc0-ba29-b6d1a69ab345',
    resourceGroup: 'rg',
    workspace: 'ws-one',
    compute: 'ci-ada',
  }),
  title: 'ci-ada will stop at 18:30 UTC',
  sentence: 'It has been idle for 62 minutes.',
  links: [{ label: 'Keep it', path: '/api/keep?token=a%2Bb' }],
  ...more,
});
const contentOf = (one: Message, url: string | null = publicUrl) =>
  teamsCard(one, url).attachments[0].content;
const textsOf = (one: Message): string[] =>
  contentOf(one).body.flatMap(({ inlines }) => inlines.map(({ text }) => text));

const run = (text: string, style: object = {}) => ({
  type: 'RichTextBlock',
  inlines: [{ type: 'TextRun', text, ...style }],
});

describe('the Teams card', () => {
  it('has title, sentence, addressee and links, as an Adaptive Card 1.4', () => {
    const card = teamsCard(message(), publicUrl);
    expect(card.type).toBe('message');
    expect(card.attachments[0]).toMatchObject({
      contentType: 'application/vnd.microsoft.card.adaptive',
      contentUrl: null,
      content: {
        type: 'AdaptiveCard',
        version: '1.4',
        fallbackText: 'ci-ada will stop at 18:30 UTC: It has been idle for 62 minutes.',
      },
    });
    expect(textsOf(message())).toEqual([
      'ci-ada will stop at 18:30 UTC',
      'It has been idle for 62 minutes.',
      'For Ada · ws-one / ci-ada',
    ]);
    expect(contentOf(message()).actions).toEqual([
      { type: 'Action.OpenUrl', title: 'Keep it', url: `${publicUrl}/api/keep?token=a%2Bb` },
    ]);
    expect(textsOf(message({ to: null, compute: null }))[2]).toBe('For the admins');
  });

  it('is this, word for word, for a request that waits', () => {
    const ask = message({
      kind: 'request',
      to: null,
      title: 'A request waits for approval',
      sentence: '[Ada](https://evil.example) asks: ci-gpu (Standard_NC6s_v3) in ws-one waits for approval.',
      links: [
        { label: 'Approve', path: '/api/dashboard?act=eyJ2IjoxfQ.c2VhbA' },
        { label: 'Reject', path: '/api/dashboard?act=eyJ2IjoyfQ.c2VhbA' },
        { label: 'Look at it', path: '/api/dashboard?request=r00' },
      ],
    });
    expect(teamsCard(ask, 'https://lamplighter.example')).toEqual({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.4',
            fallbackText: `${ask.title}: ${ask.sentence}`,
            body: [
              run('A request waits for approval', { weight: 'Bolder', size: 'Medium' }),
              run(ask.sentence),
              run('For the admins · ws-one / ci-ada', { isSubtle: true, size: 'Small' }),
            ],
            actions: [
              {
                type: 'Action.OpenUrl',
                title: 'Approve',
                url: 'https://lamplighter.example/api/dashboard?act=eyJ2IjoxfQ.c2VhbA',
              },
              {
                type: 'Action.OpenUrl',
                title: 'Reject',
                url: 'https://lamplighter.example/api/dashboard?act=eyJ2IjoyfQ.c2VhbA',
              },
              {
                type: 'Action.OpenUrl',
                title: 'Look at it',
                url: 'https://lamplighter.example/api/dashboard?request=r00',
              },
            ],
            msteams: { width: 'Full' },
          },
        },
      ],
    });
  });

  it('carries the longest signed links there can be, and stays below what Teams takes', () => {
    const seal = hmacSeal([new Secret(Buffer.alloc(32, 'a').toString('base64'))]);
    const ref = parseComputeRef({
      subscription: '34adfa4f-cedf-4dc0-ba29-b6d1a69ab345',
      resourceGroup: 'r'.repeat(90),
      workspace: 'w'.repeat(255),
      compute: 'c'.repeat(63),
    });
    const text = linkText({
      action: 'consent-deletion',
      subject: { kind: 'compute', ref, of: 'o'.repeat(64) },
      person: parseObjectId('11111111-1111-1111-1111-111111111111'),
      expiresAt: 1_772_438_400_000,
    });
    const sealed = seal.seal(text) ?? '';
    expect(seal.open(sealed)).toBe(text);
    const path = `/api/dashboard?act=${sealed}`;
    const one = message({
      title: '漢'.repeat(5000),
      sentence: '漢'.repeat(5000),
      links: Array.from({ length: 6 }, () => ({ label: '漢'.repeat(100), path })),
    });
    const { actions } = contentOf(one);
    expect(actions.map(({ url }) => url)).toEqual(Array.from({ length: 6 }, () => `${publicUrl}${path}`));
    expect(Buffer.byteLength(JSON.stringify(teamsCard(one, publicUrl)))).toBeLessThan(28 * 1024);
  });

  it('has no links without a public address', () => {
    expect(contentOf(message(), null).actions).toEqual([]);
  });

  it.each([
    '//evil.example/x',
    'https://evil.example',
    '@evil.example',
    '.evil.example',
    '',
    'x',
    '/\\evil.example/../..//x',
  ])('has no link that leads from our address to another by the path %j', (path) => {
    for (const url of [publicUrl, 'https://lamplighter.example']) {
      const { actions } = contentOf(message({ links: [{ label: 'x', path }] }), url);
      for (const action of actions) expect(new URL(action.url).origin).toBe('https://lamplighter.example');
    }
  });

  it('shows text as it is: no Markdown, no date function, no mark that turns or hides text', () => {
    const title =
      '[click](https://evil.example) **now** {{DATE(2026-01-01T00:00:00Z)}}\u202egnp.exe\n# x\u0007';
    const [shown] = textsOf(message({ title }));
    expect(shown).toBe('[click](https://evil.example) **now** { {DATE(2026-01-01T00:00:00Z)}} gnp.exe # x');
    const kinds = new Set(contentOf(message()).body.map(({ type }) => type));
    expect(kinds).toEqual(new Set(['RichTextBlock']));
  });

  it('stays far below what Teams takes, and inert, whatever people are called', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 5000 });
    fc.assert(
      fc.property(text, text, text, fc.array(text, { maxLength: 10 }), (title, sentence, name, labels) => {
        const person = { objectId: parseObjectId('11111111-1111-1111-1111-111111111111'), name };
        const links = labels.map((label) => ({ label, path: '/api/keep' }));
        const one = message({ title, sentence, to: person, links });
        expect(Buffer.byteLength(JSON.stringify(teamsCard(one, publicUrl)))).toBeLessThan(28 * 1024);
        for (const shown of textsOf(one))
          expect(shown).not.toMatch(/\{\{|\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
      }),
      { numRuns: 60 },
    );
    const longest = message({ title: '👩🏽'.repeat(5000), sentence: '漢'.repeat(5000) });
    expect(Buffer.byteLength(JSON.stringify(teamsCard(longest, publicUrl)))).toBeLessThan(28 * 1024);
  });
});
