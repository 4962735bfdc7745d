const { createOAuthClient, defineProvider, isOAuthError, memoryStore } = require('latchkey')
const { gitlab } = require('latchkey/providers/gitlab')
const { mockProvider } = require('latchkey/testing')
const { connects } = require('./connects.cjs')

test('a connection, from CommonJS', async () => {
  expect(await connects({ createOAuthClient, memoryStore, mockProvider, definition: gitlab })).toBe('active')
})

test('a definition is checked, and its error recognised', () => {
  expect(() => defineProvider({})).toThrow('definition_invalid')
  try {
    defineProvider({})
  } catch (error) {
    expect(isOAuthError(error)).toBe(true)
  }
})
