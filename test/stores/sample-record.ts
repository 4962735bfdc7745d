export { fullRecord, sampleKey, sampleRecord } from '../../src/testing/conformance/sample-records.ts'
