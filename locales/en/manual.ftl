# What is done by hand in systems that no machine reaches.

tasks-nav = To do
tasks-title = To do by hand
tasks-lead = Tasks in systems that no machine reaches. The case waits for them.
tasks-none = Nothing waits.
tasks-what = Task
tasks-where = Where
tasks-due = By
tasks-late = Late
tasks-done = Done in the last 30 days
tasks-when = Done
tasks-who = By
task-kind-find = Look
task-kind-collect = Copy
task-kind-rectify = Correct
task-kind-restrict = Mark as restricted
task-kind-lift = Remove the mark
task-kind-erase = Erase
task-kind-verify = Check
task-lead-find = See what there is about the person. The case says who it is.
task-lead-collect = Write down or copy what there is, as the person is to get it.
task-lead-rectify = Correct what is wrong. The case says what it should be.
task-lead-restrict = Mark it so that nobody uses it. Only store it.
task-lead-lift = The restriction is lifted. Remove the mark.
task-lead-erase = Destroy what there is, so that nobody can read it again.
task-lead-verify = See that it is gone. Somebody else than who erased it does that.
task-how = How it is done
task-again = Correct what you found
task-do = When it is done
task-records = Number of records
task-records-find = How many there are. Write 0 when there is nothing.
task-records-hint = How many it was about.
task-evidence = What you did
task-evidence-hint = Where, how and what, so that somebody can follow it later.
task-copy = What the person gets
task-copy-hint = The text goes into what is handed over, word for word.
task-submit = Done
error-amount = Write a number from 0 to 1,000,000
error-text = Write something, at most 4,000 characters
attention-manual_task = Something is to be done by hand: see the list To do
staff-error-manual_tasks_open = Somebody must first look into the systems that no machine reaches. The tasks are under To do.
staff-error-task_done = The task is done already.
course-subject-tasks_due = Something to do by hand is waiting
course-title-tasks_due = Something waits for you
course-link-tasks_due = Open the list:
course-tasks-due-lead = { $count ->
    [one] A task that is done by hand was to be ready by { $date }.
   *[other] { $count } tasks that are done by hand were to be ready, the first by { $date }.
}
course-tasks-due-waits = The case cannot go on before it is done.
letter-tasks_due = Reminder of tasks, to us
trail-task_given = Gave a task to do by hand
trail-task_done = Did a task by hand
