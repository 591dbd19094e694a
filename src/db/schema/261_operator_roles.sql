-- Operators' roles by their own words: a dealer makes, a confirmer checks, a viewer only reads.
UPDATE operator SET role = 'dealer' WHERE role = 'maker';
UPDATE operator SET role = 'confirmer' WHERE role = 'checker';
