import { describe, expect, it } from 'vitest'
import { errorDocs, exampleMessage } from '../../scripts/error-docs.ts'
import { errorTexts } from '../../scripts/error-texts.ts'
import { errorCodes, type OAuthErrorCode } from '../../src/errors/codes.ts'
import { read } from './blocks/pages.ts'

const codes = Object.keys(errorCodes).filter((code): code is OAuthErrorCode => code in errorTexts)

describe('docs/errors.md', () => {
  it('has a text for every code, and no other', () => {
    expect(Object.keys(errorTexts).sort()).toEqual(Object.keys(errorCodes).sort())
  })

  it('is what `npm run docs:errors` writes', () => {
    expect(read('docs/errors.md')).toBe(errorDocs())
  })

  it.each(codes)('shows a message of %s as it is thrown', (code) => {
    const { file, words, error } = errorTexts[code].example
    expect(read(file), `${file} has not: ${words}`).toContain(words)
    if (error === undefined) expect(exampleMessage(code, errorTexts[code])).toContain(words)
  })
})
