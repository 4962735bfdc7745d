import { defineProvider } from 'latchkey'

try {
  defineProvider({})
} catch (error) {
  console.log(error.stack)
}
