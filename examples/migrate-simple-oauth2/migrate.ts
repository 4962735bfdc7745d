import { migrate } from '../migrate-shared/command.ts'
import { storedAnswers } from '../migrate-shared/stored-answers.ts'

await migrate(storedAnswers)
