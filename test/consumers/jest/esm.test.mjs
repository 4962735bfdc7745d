import { createOAuthClient, defineProvider, memoryStore } from 'latchkey'
import { gitlab } from 'latchkey/providers/gitlab'
import { mockProvider } from 'latchkey/testing'
import { connects } from './connects.cjs'

test('a connection, from ESM', async () => {
  expect(await connects({ createOAuthClient, memoryStore, mockProvider, definition: gitlab })).toBe('active')
})

test('a definition is checked', () => {
  expect(() => defineProvider({})).toThrow('definition_invalid')
})
