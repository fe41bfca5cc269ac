// One library of locks in a process of its own; the rounds tell it what to do.
import { SUBJECTS, type SubjectName } from './adapters/index.js'
import { type Answer, Performer, type Task } from './tasks.js'

const [name = '', url = ''] = process.argv.slice(2)
const locks = await SUBJECTS[name as SubjectName].open(url)
const performer = new Performer(locks)
const answer = (message: Answer) => process.send?.(message)

process.on('message', (task: Task) => {
  performer.perform(task).then(
    result => answer({ result }),
    error => answer({ error: String(error) }),
  )
})
process.once('disconnect', () => locks.close())
answer({ result: null })
