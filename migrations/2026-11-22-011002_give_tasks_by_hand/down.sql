DROP TABLE manual_tasks;
DROP FUNCTION guard_manual_task;
