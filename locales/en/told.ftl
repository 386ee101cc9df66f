# Which recipients were told.

course-subject-recipient_list = Whom we have told
course-title-recipient_list = Whom we have told
course-link-recipient_list = See your case:
recipient-list-lead = These have received data about you from us, and we have told them what applies in your case (Article 19 of the GDPR).
recipient-list-later = You see answers that come later on the page of your case.
recipient-list-on = Told { $date }
recipient-list-title = Whom we have told
recipient-list-hint = You have the right to know to whom we gave your data and whom we have told. The list says who they are, where they are, when they were told and what they answered.
recipient-list-ask = Send me the list
flash-recipients_listed = The list is on its way to your e-mail.
event-recipients_listed = The list of recipients was sent
trail-recipients_listed = Sent the list of recipients
action-send_recipients = Send the list of recipients
letter-recipient_list = List of recipients
staff-error-nobody_told = No recipient has been told in this case.
