export {jobsCancel} from './cancel.ts'
export {jobsList} from './list.ts'
export {jobsShow} from './show.ts'
