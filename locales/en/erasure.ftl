# The ground of an erasure, and what of it is refused.

erasure-ground = The ground of the erasure
erasure-ground-no_longer_needed_17_1_a = The data is no longer needed for what it was collected for (Article 17(1)(a) of the GDPR).
erasure-ground-consent_withdrawn_17_1_b = Consent is withdrawn, and nothing else allows us to have the data (Article 17(1)(b) of the GDPR).
erasure-ground-objected_17_1_c = You have objected to our using the data (Article 17(1)(c) of the GDPR).
erasure-ground-unlawful_17_1_d = The data was processed unlawfully (Article 17(1)(d) of the GDPR).
erasure-ground-legal_duty_17_1_e = A law demands that the data is erased (Article 17(1)(e) of the GDPR).
erasure-ground-child_service_17_1_f = The data was collected when an online service was offered to a child (Article 17(1)(f) of the GDPR).
ground-standing-shown = applies
ground-standing-once_services_end = applies once the person has agreed that the services end
ground-standing-unshown = nothing shows it, say why

erasure-refused = What we do not erase, and why
erasure-refused-next = You can answer on the page of the case, add to what you wrote, or ask again. It is free of charge. You can also object to the processing or ask for its restriction.

plan-refused = Not erased: that part is refused
plan-form = Make a plan on another ground, or refuse a part
plan-form-ground = Ground of the erasure
plan-form-judge = Judged by what is known
plan-form-reason = Why the ground applies, as the person reads it
plan-form-contract = The person's contract
plan-form-contract-ends = The services end. The person must say yes.
plan-form-contract-goes-on = The contract goes on. What it needs is not erased:
plan-form-contract-reason = Why the contract goes on, as the person reads it
plan-form-refuse-hint = Refuse what an exception of Article 17(3) covers. The person gets the reasons, and where to complain.
plan-form-refuse = Part { $place } that is refused
effect-refuse = Refused
case-approve-refuses = Refuses to erase { $count } rows.
staff-error-item = That cannot be refused. Choose a category or table that would be erased otherwise, each once, with what its rows belong to.
staff-error-refused = Everything would be refused. Prepare a refusal instead.
staff-error-contract_goes_on = Say why the contract goes on.
staff-error-ground_reason = Nothing shows that the ground applies. Say why it does.

purge-line-waiting = Waits for an answer
purge-awaited-by = The person asked for their data and waits for the answer in:
case-awaited-by = The person asked for their data. The erasure begins by itself when that is answered:
customer-case-waits-for-data = We erase nothing before you have the answer to your request for your data.
trail-erasure_waits = The erasure waits until the person has their data
trail-purge_line_waits = The purge waits until the person has their data

plan-offers = Before you say yes
plan-transfer-ask = Ask for the codes to move the domain
plan-transfer-asked = If you have asked for codes, we send them to you. Do not say yes before the domain has moved.
plan-keep-services = Without your yes we erase nothing that the contract needs. Do you want to keep the services? Write to us below, and we erase only what the contract does not need.
flash-transfer_asked = We send you the codes. Do not say yes before the domain has moved.
event-transfer_asked = You asked for codes to move the domain
trail-transfer_asked = Asked for codes to move domain names before the erasure
attention-transfer_asked = The person wants to move domain names first: send the codes
