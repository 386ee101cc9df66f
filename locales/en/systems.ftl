# Systems in shadow mode: staff erase by hand, and the plan is compared with what they did.
attention-erase_by_hand = Erase by hand in systems in shadow mode, as the plan says, then press "Retry". The steps show where something is left.
action-settle = Let what was done by hand stand
action-words-settle = In what it differs from the plan, and why
trail-erased_by_hand_otherwise = Let what was erased by hand stand, although the plan says otherwise
plan-by-hand = { $system } is in shadow mode: we erase there by hand, and the service compares it with the plan.
