# The package that the person gets: the report and what stands in it.
report-title-access = Your data with us
report-title-portability = Data to take along
report-lead-access = Yes, { $name } processes personal data about you. This says which, why, where it comes from, who got it and how long it is kept (Article 15 of the GDPR).
report-lead-portability = This is the data that you gave to { $name } or that arose when you used the services, and that we process by automated means on your consent or our contract (Article 20 of the GDPR).
report-files = All data is in files in the folder data: CSV opens in spreadsheets, JSON is read by other programs. In CSV an apostrophe stands before values that could run as formulas; in JSON they stand exactly. The file manifest.json has a checksum for each file.
report-what = This is what we hold
report-purposes = Purposes and legal bases
report-source = Where the data comes from
report-kept = How long it is kept
report-rows = { $count ->
    [one] one record
   *[other] { $count } records
}
report-kept-until = Must be kept until { $date }
report-kept-between = Must be kept until { $first } (the oldest) and { $last } (the youngest)
report-hosted = The content is your own: you are its controller and we are your processor. We do not read it. You fetch it yourself in the customer portal, or ask us to hand it over under our contract.
report-in-files = All of it is in:
report-more = The files hold more records.
report-withheld = This is not handed out
report-left-out = This is not included, and why
report-recipients = Who got your data
report-recipients-none = Nobody outside our company got it.
report-country-unknown = the country is not stated
report-safeguard = The data leaves the EEA. Safeguard: { $what }
report-safeguard-missing = The data leaves the EEA. Ask us which safeguard applies.
report-transfer-unknown = It is not stated whether the data leaves the EEA.
report-decisions = Automated decisions
report-decisions-none = No decisions about you are made by a computer program alone (Article 22).
report-decisions-review = You can ask for a person to review such a decision.
report-rights = Your rights
report-rights-text = You can ask us to correct or erase data, to restrict its processing or to hand it over to be moved, and you can object to processing and withdraw consent. You change contact details yourself in the customer portal.
report-complaint = If you are not satisfied, you can complain to { $authority }. You also have the right to have the matter tried in court.
report-use = How to use the file
report-use-text = The files at the top have names that other programs often ask for, such as customer.json and orders.csv. The same records, and all others, are in the folder data.
report-transfer-text = Do you want us to send the data straight to another company? Answer on the page of the case. That you take the data along does not mean that we erase it; you ask for that separately.
recipients-no-answer = no answer yet
left-out-inferred = These are conclusions of ours, neither given by you nor arisen from your use of the services.
left-out-basis = The processing rests on neither consent nor contract, but on another legal basis.
left-out-not_chosen = The processing rests on several bases, and consent or contract is not the one that carries it.
left-out-not_automated = The data is not processed by automated means.
left-out-by_hand = The data is handed over in another way, by a member of staff.
legal-basis-contract = contract, Article 6(1)(b)
legal-basis-legal_obligation = legal obligation, Article 6(1)(c)
legal-basis-legitimate_interests = legitimate interests, Article 6(1)(f)
legal-basis-consent = consent, Article 6(1)(a)
