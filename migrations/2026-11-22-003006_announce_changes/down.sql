DROP TABLE change_letters;
DROP TABLE changes;
DROP FUNCTION guard_change;
