# Det som görs för hand i system som ingen maskin når.

tasks-nav = Att göra
tasks-title = Att göra för hand
tasks-lead = Uppgifter i system som ingen maskin når. Ärendet väntar på dem.
tasks-none = Inget väntar.
tasks-what = Uppgift
tasks-where = Var
tasks-due = Senast
tasks-late = Sen
tasks-done = Gjort de senaste 30 dagarna
tasks-when = Gjort
tasks-who = Av
task-kind-find = Leta
task-kind-collect = Kopiera
task-kind-rectify = Rätta
task-kind-restrict = Märk som begränsat
task-kind-lift = Ta bort märket
task-kind-erase = Radera
task-kind-verify = Kontrollera
task-lead-find = Se efter vad som finns om personen. Vem det är står i ärendet.
task-lead-collect = Skriv av eller kopiera det som finns, så som personen ska få det.
task-lead-rectify = Rätta det som är fel. Vad som ska stå framgår av ärendet.
task-lead-restrict = Märk det så att ingen använder det. Förvara det bara.
task-lead-lift = Begränsningen är hävd. Ta bort märket.
task-lead-erase = Förstör det som finns, så att ingen kan läsa det igen.
task-lead-verify = Se efter att det är borta. Det gör någon annan än den som raderade.
task-how = Så gör du
task-again = Rätta det du hittade
task-do = När det är gjort
task-records = Antal poster
task-records-find = Hur många som finns. Skriv 0 om det inte finns något.
task-records-hint = Hur många det gällde.
task-evidence = Vad du gjorde
task-evidence-hint = Var, hur och vad, så att någon kan följa det efteråt.
task-copy = Det personen får
task-copy-hint = Texten följer med i det som lämnas ut, ordagrant.
task-submit = Klart
error-amount = Skriv ett tal från 0 till 1 000 000
error-text = Skriv något, högst 4 000 tecken
attention-manual_task = Något ska göras för hand: se listan Att göra
staff-error-manual_tasks_open = Någon måste först se efter i de system som ingen maskin når. Uppgifterna står under Att göra.
staff-error-task_done = Uppgiften är redan gjord.
course-subject-tasks_due = Något att göra för hand väntar
course-title-tasks_due = Något väntar på dig
course-link-tasks_due = Öppna listan:
course-tasks-due-lead = { $count ->
    [one] En uppgift som görs för hand skulle vara klar senast { $date }.
   *[other] { $count } uppgifter som görs för hand skulle vara klara, den första senast { $date }.
}
course-tasks-due-waits = Ärendet kan inte gå vidare innan det är gjort.
letter-tasks_due = Påminnelse om uppgifter, till oss
trail-task_given = Gav en uppgift att göra för hand
trail-task_done = Gjorde en uppgift för hand
