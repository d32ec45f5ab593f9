export {silentLog, TestClock, unitContext} from './context.ts'
export {describeOnEachDatabase, sqliteDatabases, type TestDatabase, type TestDatabases} from './store.ts'
export {seededRandomness, type TestContext, type TestContextOptions, testContext} from './test-context.ts'
