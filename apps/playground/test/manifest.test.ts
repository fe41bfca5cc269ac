import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseManifest } from '../src/audit/manifest.js'

const parse = (manifest: unknown) => parseManifest(JSON.stringify(manifest), 'folder')

describe('parseManifest', () => {
  it('reads name, version and licence', () => {
    expect(parse({ name: 'a', version: '1.2.3', license: 'MIT' })).toEqual({
      name: 'a',
      version: '1.2.3',
      licence: 'MIT',
      problems: [],
    })
  })

  it.each([
    [{ license: { type: 'MIT', url: 'https://example.org' } }, 'MIT'],
    [{ licence: 'MIT' }, 'MIT'],
    [{ licenses: [{ type: 'MIT' }, { type: 'Apache-2.0' }] }, '(MIT OR Apache-2.0)'],
    [{ license: ['MIT', 'MIT'] }, 'MIT'],
    [{ licenses: ['MIT', 7, null, {}] }, 'MIT'],
    [{ license: '  MIT \n OR   ISC ' }, 'MIT OR ISC'],
    [{ license: '' }, 'unknown'],
    [{ license: 42 }, 'unknown'],
    [{ license: null, licenses: 'ISC' }, 'ISC'],
    [{ license: [] }, 'unknown'],
  ])('finds the licence of %j', (fields, licence) => {
    expect(parse({ name: 'a', version: '1', ...fields }).licence).toBe(licence)
  })

  it('names every field that is missing', () => {
    expect(parse({}).problems).toEqual(['no name', 'no version', 'no licence'])
    expect(parse({ name: 7, version: 'x', license: 'MIT' })).toMatchObject({
      name: 'folder',
      problems: ['no name'],
    })
  })

  it('survives text that is not JSON, or no object, and a byte order mark', () => {
    for (const text of ['', '{', 'null', '"x"', '[]', '7'])
      expect(parseManifest(text, 'folder')).toMatchObject({
        name: 'folder',
        licence: 'unknown',
        problems: [expect.stringMatching(/^package\.json (is not JSON|holds no object)$/)],
      })
    expect(parseManifest('\uFEFF{"name":"a","version":"1","license":"MIT"}', 'f').problems).toEqual(
      [],
    )
  })

  it('makes short, single, well-formed lines of any text and any JSON', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc
        .record(
          {
            name: fc.anything(),
            version: fc.anything(),
            license: fc.anything(),
            licenses: fc.anything(),
          },
          { requiredKeys: [] },
        )
        .map(record => JSON.stringify(record, (_, it) => (typeof it === 'bigint' ? `${it}` : it))),
    )
    fc.assert(
      fc.property(anything, text => {
        const { problems, ...fields } = parseManifest(text, 'folder')
        for (const field of Object.values(fields)) {
          expect(field).not.toBe('')
          expect([...field].length).toBeLessThanOrEqual(120)
          expect(field).not.toMatch(/[\n\r\t\p{Cc}]/u)
          expect(Buffer.from(field, 'utf8').toString()).toBe(field)
        }
        expect(Array.isArray(problems)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('gives back what is already tidy', () => {
    const word = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,60}$/)
    fc.assert(
      fc.property(word, word, word, (name, version, license) => {
        expect(parse({ name, version, license })).toEqual({
          name,
          version,
          licence: license,
          problems: [],
        })
      }),
    )
  })
})
