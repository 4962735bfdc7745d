const { defineProvider } = require('latchkey')

try {
  defineProvider({})
} catch (error) {
  console.log(error.stack)
}
