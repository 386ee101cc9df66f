# Mails.
mail-hello = Hello,
mail-regards = Kind regards,
mail-reference = Reference { $reference }
mail-open-case = Open the case
mail-case-at = You find your case here:
remedy-court = You also have the right to take the matter to court.
mail-complain = Feel free to tell us first, at { $email }, and we look once more. You can complain to Integritetsskyddsmyndigheten (IMY), the Swedish supervisory authority, imy.se. { remedy-court }

mail-code-subject = We have received your request ({ $reference })
mail-code-received = We received your request on { $date }.
mail-code-right = We understand that it is about: { $right }.
mail-code-due = You get an answer without undue delay and no later than { $due }.
mail-code-code = Show that the address is yours with this code:
mail-code-link = Type it on the page of your case:
mail-code-withdraw = Is something wrong, or have you changed your mind? On the same page you can write to us or withdraw the request.
mail-code-not-you = Was it not you? Then you need not do anything. Without the code nothing happens.

mail-on-file-subject = A request about your data ({ $reference })
mail-on-file-title = Somebody has made a request about your data
mail-on-file-what = We have received a request about: { $right }.
mail-on-file-why = You get this mail because we already had your address, and want to be sure that it is you who asks.
mail-on-file-code = Is it you? Use this code:
mail-on-file-not-you = Is it not you? Do not use the code and do not give it to anyone. Do answer this mail, and we look into it.

mail-plan-subject = Read and answer before we erase ({ $reference })
mail-plan-title = Read this before we erase
mail-plan-lead = We have gone through your case. Before we erase anything we want you to see what it means, and say yes or no.
mail-plan-link = See all of it, also what we must keep, and answer here:
mail-plan-button = See and answer
mail-plan-nothing = Nothing is erased until you have said yes.

mail-stopped-subject = The erasure is stopped ({ $reference })
mail-stopped-title = The erasure is stopped
mail-stopped-by-you = You have stopped the erasure.
mail-stopped-by-us = We have stopped the erasure and are looking at the case again. We will get in touch.
mail-stopped-nothing = Nothing has been erased.

mail-done-subject = The answer to your request for erasure ({ $reference })
mail-done-title = Your data is erased
mail-done-lead = You asked us to erase your data. Here is what is gone, what remains and why, and whom we have told.
mail-erased-on = erased

mail-refused-subject = The answer to your request ({ $reference })
mail-refused-title = We cannot do what you asked
mail-refused-lead = We have considered your request ({ $right }) and say no, in whole or in part.
mail-refused-why = Reasons
mail-refused-next = What you can do

mail-granted-subject = The answer to your request ({ $reference })
mail-granted-title = We have done what you asked for
mail-granted-lead = We have done what you asked for ({ $right }).
mail-granted-lead-partly = We have done a part of what you asked for ({ $right }).
mail-granted-refused = What we have not done, and why
mail-granted-link = See the case

mail-human-review-subject = Automated decision: the answer to your request ({ $reference })
mail-human-review-title = A person has reviewed the decision
mail-human-review-lead = A member of our staff has gone through the automated decision, with what you told us, and has decided for themselves (Article 22(3) of the GDPR).
mail-human-review-outcome-changed = Outcome: the decision is changed.
mail-human-review-outcome-upheld = Outcome: the decision stands, now as the decision of a person.
mail-human-review-reasons = The reasons
mail-human-review-contest = Do you disagree? Answer on the page of the case or write to us, and somebody else with us will look at what you say. You can also complain to the Swedish Authority for Privacy Protection (IMY), imy.se, and you have the right to have the matter tried in court.

mail-package-subject-access = Your data is ready to be fetched
mail-package-subject-portability = Your file is ready to be fetched
mail-package-lead-access = The copy of your data is ready. It also says what we use it for, where it comes from, who got it and how long it is kept.
mail-package-lead-portability = The file with the data that you have a right to take along is ready, in open formats (CSV and JSON).
mail-package-until = You can fetch it until { $date }, and for at most 14 days after you first fetched it. Then we remove it.
mail-package-link = Fetch it on the page of the case, with the code that we mail you
mail-package-more-access = You can ask us to correct what is wrong, and to erase what we need not keep.
mail-package-more-portability = The file says what is in it, what is not, and why. Do you want us to send it straight to another company? Answer on the page of the case. That you take the data along does not mean that we erase it.
mail-package-partly = A part is not handed out. What, why, and how you can have that reviewed stands on the page of the case and in the file.

mail-merged-subject = Your cases are handled together ({ $reference })
mail-merged-title = Your cases are handled together
mail-merged-lead = You have asked for the same thing more than once ({ $right }).
mail-merged-into = We answer it all in case { $reference }, which came first. The date of the answer there applies.

mail-withdrawn-subject = Your request is withdrawn ({ $reference })
mail-withdrawn-title = Your request is withdrawn
mail-withdrawn-lead = Your request ({ $right }) is withdrawn.
mail-withdrawn-nothing = Nothing has changed. You can start again whenever you like.
mail-withdrawn-not-you = Was it not you? Write to { $email }.

mail-no-data-subject = The answer to your request ({ $reference })
mail-no-data-title = We process no personal data about you
mail-no-data-lead = We process no personal data about you.
mail-no-data-searched = Where we have searched
mail-no-data-exception = The exception is this case, which we keep for a time to be able to show that we answered.
mail-no-data-other = Could you be with us under another address or a customer number? Answer this mail and we search again.

mail-message-subject = A message in your case ({ $reference })
mail-message-title = A message to you
mail-message-answer = Answer in your case:

mail-notice-reminder = Reminder:
mail-notice-reminder-lead = We have had no answer yet. It takes ten seconds.
mail-notice-open = Open the link. There you see whom it concerns and answer, without logging in:
mail-notice-code = You need this code:
mail-notice-no-reply = Do not reply to this mail with personal data.

mail-thanks-subject = Thank you for the answer ({ $reference })
mail-thanks-lead = We received your answer on { $date }: { $outcome }.

# Ended without identity (Art. 11(2), 12(4))
mail-lapsed-subject = Your case is closed ({ $reference })
mail-lapsed-title = Your case is closed
mail-lapsed-lead = We have closed your request ({ $right }), because we could not check who you are.
mail-lapsed-nothing = We may not hand out, change or erase data without knowing that it is yours (Articles 11(2) and 12(6) of the GDPR). Nothing has changed.
mail-lapsed-again = You can ask again whenever you like, free of charge. You can also complain to the Swedish Authority for Privacy Protection (IMY), imy.se, and you have the right to take the matter to court.

# Services in plain words
service-kind-domain = Domain name
service-kind-web = Website
service-kind-mail = E-mail
service-kind-office = Office programs
service-kind-firewall = Firewall
service-kind-server = Server

mail-refused-next-steps = You can answer on the page of the case, add to what you wrote, or ask again. It is free of charge.
notice-basis-processor = Articles 28(3)(a) and 19 of the GDPR: you process the data on our behalf.
notice-basis-controller = Article 19 of the GDPR: we passed data on to you, and inform you of what has been decided.

kept-reduced = { $what }, only what bookkeeping demands
