DROP TABLE subjects;
DROP TABLE handoffs;
DROP TABLE case_access;
DROP TABLE proofs;
DROP TABLE challenges;
