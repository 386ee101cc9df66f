# Shared by all pages.
skip-link = Skip to the content
language-switch = På svenska
footer-controller = Controller
footer-contact = Contact
footer-dpo = Data protection officer
footer-authority = Supervisory authority
footer-register = Who we share data with
footer-start = Your rights
imy-name = Integritetsskyddsmyndigheten (IMY), the Swedish Authority for Privacy Protection
imy-link = imy.se/en
organisation-number = company number { $number }

right-access = See my data
right-rectification = Correct my data
right-erasure = Erase my data
right-restriction = Pause the use
right-portability = Take my data with me
right-objection = Object
right-consent_withdrawal = Withdraw consent
right-human_review = Have an automated decision reviewed

right-law-access = Access
right-law-rectification = Rectification
right-law-erasure = Erasure
right-law-restriction = Restriction
right-law-portability = Data portability
right-law-objection = Objection
right-law-consent_withdrawal = Withdrawn consent
right-law-human_review = Review of an automated decision

right-line-access = Get a copy of everything we have about you, and know what we use it for.
right-line-rectification = Something is wrong or missing. We change it.
right-line-erasure = We remove everything the law does not make us keep.
right-line-restriction = We keep the data but leave it alone, for example while something is looked into.
right-line-portability = Get what you have given us as a file you can use elsewhere.
right-line-objection = Say no to advertising, or to something we do because we judged that we may.
right-line-consent_withdrawal = You said yes to something, such as a newsletter, and have changed your mind.
right-line-human_review = A computer program has decided something that affects you. A person goes through the decision.

article-short = Article { $article }


level-A0 = The e-mail address you typed
level-A1 = An address we already had on file
level-A2 = Logged in with us, or one further proof
level-A3 = A meeting or two further proofs


outcome-erased = Erased
outcome-erased_backups_until = Erased, backups go later
outcome-no_data_found = No data found
outcome-restricted = Restricted
outcome-rectified = Corrected
outcome-refused = No, the data is kept
outcome-partly = Partly
outcome-need_more_identifiers = More identifiers needed
outcome-forwarded_to_subprocessors = Passed on to sub-processors
outcome-wrong_recipient = Wrong recipient

told-awaited = Told, answer awaited
told-informed = Told, decides for itself
told-impossible = Could not be told
told-unanswered = Told, has not answered
told-planned = Will be told next

optional = optional
errors-title = { $count ->
    [one] There is one thing to put right
   *[other] There are { $count } things to put right
 }
until = through { $date }
no-end-date = until further notice

error-title-403 = You do not have access to this page
error-line-403 = It takes another role, or your session has ended.
error-title-404 = This page does not exist
error-line-404 = Check the link. If it came in a mail from us, make sure that all of it came along.
error-title-409 = Something changed meanwhile
error-line-409 = The case changed while you had the page open, or this cannot be done right now. Open it again and retry.
error-title-410 = The link is no longer valid
error-line-410 = The code or link has been used up. Ask for a new one if you need it.
error-title-thinned = The file has been removed
error-line-thinned = The case ended long ago. What you wrote and what we answered has been erased, so that we keep no more than we need. If you want to know what became of your request, or make a new one, we are glad to help.
error-title-422 = We did not understand what you sent
error-line-422 = Go back, check what you wrote and try again.
error-title-429 = That was many attempts
error-line-429 = Wait a while and try again. Your case is not affected.
error-title-500 = Something went wrong on our side
error-line-500 = It is not your fault. Try again in a while. If you contact us, mention the number below.
error-title-503 = We will be back shortly
error-line-503 = The service does not answer right now. Try again in a few minutes. A request you have already sent is safe.
error-incident = Incident number
error-home = To the start page
error-contact = You can always reach us at { $email }.
