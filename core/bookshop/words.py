"""Words that a generated shop is composed of: names, titles, places, opinions."""

from collections.abc import Mapping

FIRST_NAMES = (
    "Ada", "Amara", "Anna", "Aoife", "Arjun", "Beatriz", "Bram", "Carlos", "Chidi", "Chloé",
    "Clara", "Daniel", "Dilnoza", "Elena", "Emil", "Farid", "Fatima", "Freya", "Gustav", "Hana",
    "Haruki", "Hugo", "Ilse", "Imani", "Ingrid", "Ivan", "Jana", "João", "Kenji", "Kwame", "Laila",
    "Lars", "Leila", "Linh", "Lucía", "Maja", "Malik", "Mateo", "Mei", "Mira", "Nadia", "Nikolai",
    "Noor", "Olga", "Omar", "Oskar", "Paulo", "Petra", "Priya", "Rosa", "Samir", "Sofia", "Sven",
    "Tariq", "Tomás", "Uma", "Vera", "Wen", "Yara", "Zoë",
)  # fmt: skip

LAST_NAMES = (
    "Abara", "Achterberg", "Adeyemi", "Almeida", "Andersson", "Bakker", "Banerjee", "Baptiste",
    "Becker", "Bianchi", "Castro", "Chen", "Cohen", "Costa", "Dubois", "Eze", "Farouk", "Fernández",
    "Fischer", "Fujita", "García", "Haddad", "Hansen", "Hoffmann", "Horvat", "Ibrahim", "Ito",
    "Ivanova", "Jansen", "Jovanović", "Kapoor", "Karimov", "Keller", "Kim", "Kovács", "Kowalski",
    "Larsen", "Laurent", "Lindqvist", "Mbeki", "Mehta", "Moreau", "Müller", "Nakamura", "Nguyen",
    "Novák", "Okafor", "Oliveira", "Petrov", "Popescu", "Quispe", "Rahman", "Reyes", "Rossi",
    "Sato", "Schneider", "Silva", "Tanaka", "Virtanen", "Wang",
)  # fmt: skip

COUNTRIES = (
    "Argentina", "Brazil", "China", "Czechia", "Egypt", "England", "Finland", "France", "Germany",
    "Greece", "Hungary", "India", "Ireland", "Italy", "Japan", "Mexico", "Nigeria", "Norway",
    "Poland", "Portugal", "Russia", "Scotland", "Spain", "Sweden", "United States",
)  # fmt: skip

CITIES = (
    "Accra", "Amsterdam", "Athens", "Barcelona", "Bergen", "Bologna", "Boston", "Buenos Aires",
    "Cairo", "Cork", "Dublin", "Edinburgh", "Ghent", "Hanoi", "Helsinki", "Kolkata", "Kraków",
    "Kyoto", "Lagos", "Leipzig", "Lisbon", "Lyon", "Mexico City", "Oslo", "Porto", "Prague",
    "Seville", "Tallinn", "Vienna", "Zagreb",
)  # fmt: skip

HOUSES = (
    "Anchor", "Bell", "Compass", "Ember", "Fern", "Garden", "Harbour", "Heron", "Inkwell",
    "Juniper", "Kestrel", "Lantern", "Magpie", "North Star", "Oak", "Paper Boat", "Quill",
    "Swallow", "Thistle", "Windmill",
)  # fmt: skip

ADJECTIVES = (
    "Absent", "Borrowed", "Broken", "Burning", "Crooked", "Distant", "Empty", "Faithful",
    "Forgotten", "Gilded", "Golden", "Hidden", "Honest", "Idle", "Last", "Late", "Lonely", "Long",
    "Lost", "Northern", "Old", "Painted", "Patient", "Quiet", "Reluctant", "Salt", "Second",
    "Secret", "Silver", "Sleeping", "Small", "Sunken", "Tall", "Unwritten", "White", "Wild",
    "Winter", "Wooden", "Yellow", "Young",
)  # fmt: skip

NOUNS = (
    "Apprentice", "Atlas", "Bell", "Bridge", "Candle", "Captain", "Clockmaker", "Crossing",
    "Daughter", "Door", "Empire", "Ferryman", "Fire", "Garden", "Ghost", "Harbour", "House",
    "Island", "Journey", "Key", "Lamp", "Letter", "Lighthouse", "Map", "Mill", "Mirror", "Mountain",
    "Nightingale", "Orchard", "Painter", "Promise", "River", "Road", "Sea", "Shadow", "Singer",
    "Station", "Summer", "Tower", "Valley",
)  # fmt: skip

PLACES = (
    "Alexandria", "Bruges", "Bukhara", "Cartagena", "Constantinople", "Cusco", "Elsinore", "Fez",
    "Galway", "Granada", "Isfahan", "Jaipur", "Kyoto", "Lapland", "Lisbon", "Madras", "Nantes",
    "Odessa", "Palermo", "Riga", "Samarkand", "Shanghai", "Skye", "Timbuktu", "Trieste", "Uppsala",
    "Valparaíso", "Venice", "Warsaw", "Zanzibar",
)  # fmt: skip

# A title is one of these with words put in.
TITLES = (
    "The {adjective} {noun}",
    "The {noun} of {place}",
    "No {noun} in {place}",
    "The {noun} and the {other}",
    "The {adjective} {noun} of {place}",
    "{place}: The {adjective} {noun}",
    "Beyond the {adjective} {noun}",
    "The {noun} by the {other}",
)

# Genre and the genre that it belongs to, parents before their children.
GENRES: Mapping[str, str | None] = {
    "Fiction": None,
    "Non-fiction": None,
    "Poetry": None,
    "Drama": None,
    "Novel": "Fiction",
    "Short stories": "Fiction",
    "Adventure": "Novel",
    "Crime": "Novel",
    "Fantasy": "Novel",
    "Gothic": "Novel",
    "Historical": "Novel",
    "Romance": "Novel",
    "Satire": "Novel",
    "Science fiction": "Novel",
    "Children": "Fiction",
    "Fairy tales": "Children",
    "Biography": "Non-fiction",
    "Essays": "Non-fiction",
    "History": "Non-fiction",
    "Philosophy": "Non-fiction",
    "Travel": "Non-fiction",
    "Epic": "Poetry",
    "Lyric": "Poetry",
    "Comedy": "Drama",
    "Tragedy": "Drama",
}

# What reviewers write, by the stars they give.
OPINIONS: Mapping[int, tuple[str, ...]] = {
    1: ("I gave up halfway.", "Not for me at all.", "A chore from first page to last."),
    2: ("Slow, and too long.", "A few good pages in a dull book.", "I expected more."),
    3: ("Good in parts.", "Fine for a train journey.", "The middle drags, the end repays it."),
    4: ("Well told and well made.", "I will read more by this author.", "Stays with you."),
    5: ("I read it in one night.", "A book to keep and to lend.", "Perfect from end to end."),
}
