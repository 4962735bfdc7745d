#!/usr/bin/env node
import { runProgram } from './program.ts'

// No process.exit: the process ends once nothing is open, so that whatever was said has been written.
void runProgram(process.argv).then((code) => {
  process.exitCode = code
})
