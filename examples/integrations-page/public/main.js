import { localise } from './cards.js'
import { startDisconnecting } from './disconnect.js'
import { startFiltering } from './filter.js'
import { startForms } from './forms.js'
import { startNotice } from './notice.js'
import { startSync } from './sync.js'

localise(document)
startNotice()
startFiltering()
startForms()
startDisconnecting()
startSync()
