import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ApiIndex, type ConnectedService, indexApis } from '../../../src/gateway/routing/lookup.ts';

const name = fc.constantFrom('a', 'B', 'b', undefined);
const entry = fc.record(
  { type: fc.constantFrom('API', 'API', 'Events', 'Odd'), name, targetUrl: fc.constantFrom('http://a.local/x', ':') },
  { requiredKeys: ['type'] },
);
const service: fc.Arbitrary<ConnectedService> = fc.record(
  { id: fc.constantFrom('1', '2', '3'), displayName: name, entries: fc.array(entry, { maxLength: 3 }) },
  { requiredKeys: [] },
);
const edit = fc.record({
  at: fc.nat(8),
  gone: fc.nat(2),
  come: fc.array(service, { maxLength: 2 }),
  skipVerify: fc.boolean(),
});

/** All that can be found. */
const contentOf = ({ byService, byEntry, byId }: ApiIndex) => ({
  services: ['', 'a', 'b'].map((key) => byService.get(key)),
  entries: ['', 'a', 'b'].flatMap((key) => ['', 'a', 'b'].map((entry) => byEntry.get(`${key}/${entry}`))),
  ids: ['', '1', '2', '3'].map((id) => byId.get(id)?.at(-1)),
  size: byService.size,
});

test('the index of a version that was made out of the one before finds what one made from nothing finds', () => {
  const metadata = { name: 'shop' };
  fc.assert(
    fc.property(fc.array(service, { maxLength: 8 }), fc.array(edit, { maxLength: 8 }), (start, edits) => {
      let services: readonly ConnectedService[] = start;
      let index = indexApis({ metadata, spec: { services } });
      for (const { at, gone, come, skipVerify } of edits) {
        services = services.toSpliced(at, gone, ...come);
        index = indexApis({ metadata, spec: { services, skipVerify } }, index);
        expect(contentOf(index)).toEqual(contentOf(indexApis({ metadata, spec: { services, skipVerify } })));
      }
    }),
  );
});

test('what is derived from a service stays as long as the service and the options of the application do', () => {
  const services = [{ displayName: 'a', entries: [{ type: 'API', targetUrl: 'http://a.local' }] }];
  const metadata = { name: 'shop' };
  const first = indexApis({ metadata, spec: { services } });
  const second = indexApis({ metadata, spec: { services: [...services, { displayName: 'b' }] } }, first);
  expect(second.byService.get('a')?.[0]).toBe(first.byService.get('a')?.[0]);
  const third = indexApis({ metadata, spec: { services, encodeUrl: false } }, second);
  expect(third.byService.get('a')?.[0]).toMatchObject({ encodeUrl: false });
});
