# Vilka mottagare som har meddelats.

course-subject-recipient_list = Vilka vi har meddelat
course-title-recipient_list = Vilka vi har meddelat
course-link-recipient_list = Se ärendet:
recipient-list-lead = De här har fått uppgifter om dig av oss, och vi har meddelat dem vad som gäller i ditt ärende (artikel 19 i dataskyddsförordningen).
recipient-list-later = Svar som kommer senare ser du på sidan för ditt ärende.
recipient-list-on = Meddelad { $date }
recipient-list-title = Vilka vi har meddelat
recipient-list-hint = Du har rätt att få veta vilka vi har lämnat dina uppgifter till och meddelat. Listan säger vilka de är, var de finns, när de fick veta det och vad de har svarat.
recipient-list-ask = Skicka listan till mig
flash-recipients_listed = Listan är på väg till din e-post.
event-recipients_listed = Listan över mottagare skickades
trail-recipients_listed = Skickade listan över mottagare
action-send_recipients = Skicka listan över mottagare
letter-recipient_list = Lista över mottagare
staff-error-nobody_told = Ingen mottagare har meddelats i ärendet.
