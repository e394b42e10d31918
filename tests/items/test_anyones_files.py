"""Files as people have them: exports of shops, of Excel, of the course and of scrapers; each row read or named."""

import csv
import io
import json

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from pyarrow import parquet

from pricer.errors import ItemsError
from pricer.items.item import Item
from pricer.items.load import Items, load_items
from pricer.items.prices import Decimals, decimals_of, parse_price
from pricer.items.source import open_source
from pricer.runs.report import Report
from pricer.runs.result import Result
from pricer.runs.settings import settings_of
from pricer.views.run_export import to_csv, to_json
from tests.support.fakes import FakePricer


@pytest.fixture
def read(tmp_path):
    """Items of a file that is written under a name."""

    def write_and_read(name: str, content: str | bytes, **how):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_items(str(tmp_path / name), **how)

    return write_and_read


def told(items) -> list[tuple[str, float]]:
    return [(item.text, item.price) for item in items.items]


def lines(*rows: dict) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


# Columns


@pytest.mark.parametrize(
    ("header", "row", "price"),
    [
        ("Title,Body (HTML),Variant Price,Variant Compare At Price", "Vase,<p>Of clay</p>,29.99,39.99", 29.99),
        ("Name,Description,Sale price,Regular price", "Cap,Cotton cap,16,18", 16.0),
        ("product_name,about_product,discounted_price,actual_price", "Cable,Two meters,9.5,19", 9.5),
        ("title,description,initial_price,final_price", "Boots,Of rubber,34.99,29.99", 29.99),
        ("product,description,sale_price,market_price", "Oil,Of garlic,2.2,3", 2.2),
        ("title,Start price", "Old radio,12", 12.0),
        ("ProductName,UnitPrice", "Green tea,18", 18.0),
        ("productTitle,productPrice", "Blue chair,75", 75.0),
        ("Titel;Beschreibung;Preis", "Lampe;Aus Holz;12.50", 12.5),
        ("titre;prix", "Lampe de bureau;12.50", 12.5),
        ("nombre;precio", "Mesa de madera;12.50", 12.5),
        ("model,index,title,category,truth,estimate,text", "bundled,0,Mug,,9.5,12,A red mug", 9.5),
        ("text,price_id,price_currency,price", "A red mug,7,USD,5", 5.0),
    ],
)
def test_a_current_price_is_found_by_any_name_that_shops_give_it(read, header, row, price):
    (item,) = read("a.csv", f"{header}\n{row}\n").items

    assert price == item.price


def test_a_column_that_is_nearly_empty_never_wins_over_a_full_one(read):
    rows = "Scooter,,$39.99\nSkateboard,,$23.50\nRabbit,$12.00,$9.99\n"

    items = read("a.csv", f"Product Name,List Price,Selling Price\n{rows}")

    assert [39.99, 23.5, 9.99] == [item.price for item in items.items]
    assert "price: 'Selling Price', 3 of 3 rows; other prices: 'List Price' (--price-column)" in items.note


def test_a_prompt_that_is_empty_falls_back_row_by_row(read):
    rows = [
        {"title": "Ice maker", "price": 219.0, "prompt": None, "summary": "Title: Ice maker\nMakes ice", "full": None},
        {"title": "Hinge", "price": 34.5, "prompt": "", "summary": None, "full": "A pair of hinges"},
        {"title": "Only a title", "price": 5, "prompt": None, "summary": "", "full": None},
    ]

    assert [
        ("Title: Ice maker\nMakes ice", 219.0),
        ("Hinge\nA pair of hinges", 34.5),
        ("Only a title", 5.0),
    ] == told(read("a.jsonl", lines(*rows)))


def test_a_bare_number_is_no_text_and_a_code_is_no_title(read):
    (item,) = read("a.csv", "item,name,description,price\n17,KS-3A,A scooter with lights,39\n").items

    assert ("A scooter with lights", "A scooter with lights") == (item.title, item.text)


def test_a_text_is_found_by_its_cells_where_no_name_says_it(read):
    (item,) = read("a.csv", "ref,blurb,price\n1,A red mug of clay,5\n").items

    assert "A red mug of clay" == item.text


def test_keys_that_come_late_count(read):
    late = [{"name": f"Part {n}"} for n in range(3_000)] + [{"name": "Mug", "price": 5}]

    items = read("a.jsonl", lines(*late))

    assert [("Mug", 5.0)] == told(items)
    assert 3_000 == len(items.skipped)


def test_where_no_price_is_found_the_columns_of_numbers_are_named_first_with_the_option(read):
    with pytest.raises(ItemsError, match=r"columns 'w', 'text', .* looks like one.*choose it \(--price-column\)"):
        read("a.csv", "text,a,b,w\nA red mug,x,y,5\n")


# Forms

PRODUCTS = [{"product": "Wireless mouse", "price": 25}, {"product": "Keyboard, 87 keys", "price": 75.5}]
EXPECTED = [("Wireless mouse", 25.0), ("Keyboard, 87 keys", 75.5)]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.ndjson"])
@pytest.mark.parametrize(
    "content",
    [
        json.dumps(PRODUCTS),
        json.dumps(PRODUCTS, indent=2),
        "[\n" + ",\n".join(map(json.dumps, PRODUCTS)) + "\n]\n",
        json.dumps({"items": PRODUCTS}),
        json.dumps({"count": 2, "tags": ["a"], "items": PRODUCTS}, indent=2),
        json.dumps({"settings": {"model": "x"}, "decoders": [{"n": 1}], "results": PRODUCTS}, indent=2),
        lines(*PRODUCTS),
    ],
)
def test_json_is_read_by_what_is_in_it(read, name, content):
    assert EXPECTED == told(read(name, content))


def test_a_broken_object_of_an_array_is_one_named_row(read):
    content = '[\n{"text": "A red mug", "price": 5},\n{"text": "A b\n{"text": "A lamp", "price": 7}\n]'

    items = read("a.json", content)

    assert [("A red mug", 5.0), ("A lamp", 7.0)] == told(items)
    assert [3] == [row.line for row in items.skipped]


def test_the_chat_form_of_fine_tuning_is_a_text_and_a_price(read):
    chats = [
        {
            "messages": [
                {"role": "system", "content": "You estimate prices"},
                {"role": "user", "content": f"{question}\n\nFolding step stool"},
                {"role": "assistant", "content": answer},
            ]
        }
        for question, answer in (
            ("How much does this cost?", "Price is $39.99"),
            ("Estimate the price of this product. Respond with the price, no explanation", "$39.99"),
        )
    ]

    assert [("Folding step stool", 39.99)] * 2 == told(read("a.jsonl", lines(*chats)))


def test_a_table_without_a_header_is_read_if_it_can_only_be_a_text_and_a_number(read):
    items = read("a.csv", '"Title: Pedal  \nCategory: Music",120\n"Title: Lamp\nOf wood",145\nA stand,32\n')

    assert [120.0, 145.0, 32.0] == [item.price for item in items.items]
    assert "The file has no header line" in items.note


@pytest.mark.parametrize(
    "content",
    [
        "sep=;\ntitle;price\nDesk lamp;39.90\n",
        "Product list exported 2024-11-03 14:22\nStore: North\n\ntitle,price\nDesk lamp,39.90\n",
        '"sep=|"\ntitle|price\nDesk lamp|39.90\n',
    ],
)
def test_what_stands_above_a_header_is_passed_over(read, content):
    assert [("Desk lamp", 39.9)] == told(read("a.csv", content))


def test_a_text_file_is_a_table_too(read):
    assert [("Desk lamp", 39.9)] == told(read("a.txt", "title\tprice\nDesk lamp\t39.90\n"))


def test_lists_of_texts_and_details_are_the_same_text_from_every_form(read, tmp_path):
    rows = [
        {
            "title": "Lipstick, set of three",
            "description": ["Long-wearing.", "Ten grams each."],
            "features": ["Three shades", "Vegan"],
            "details": {"Brand": "Rosalind", "Item Form": "Stick"},
            "price": 18.99,
        }
    ]
    expected = (
        "Lipstick, set of three\nLong-wearing.\nTen grams each.\nThree shades\nVegan\nBrand Rosalind, Item Form Stick"
    )
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "b.parquet")
    spelled = io.StringIO()
    writer = csv.DictWriter(spelled, list(rows[0]))
    writer.writeheader()
    writer.writerow({name: str(value) for name, value in rows[0].items()})

    assert [(expected, 18.99)] == told(read("a.jsonl", lines(*rows)))
    assert [(expected, 18.99)] == told(load_items(str(tmp_path / "b.parquet")))
    assert [(expected, 18.99)] == told(read("c.csv", spelled.getvalue()))


def test_the_first_sheet_of_a_workbook_is_read(tmp_path):
    book = Workbook()
    for row in (["Catalog of May"], [], ["Name", "Price"], ["Desk lamp", 39.9], [None, None], ["Mug", "$5"]):
        book.active.append(row)
    book.create_sheet("Other").append(["text", "price"])
    book.save(tmp_path / "a.xlsx")

    items = load_items(str(tmp_path / "a.xlsx"))

    assert [("Desk lamp", 39.9), ("Mug", 5.0)] == told(items)
    assert "2 rows above the header were passed over." in items.note


SHEETS = {"Empty": [], "Read me": [["All prices of May"]], "Data": [["Name", "Price"], ["Desk lamp", 39.9]]}


def test_the_sheet_with_a_table_is_read_wherever_it_stands(tmp_path):
    book = Workbook()
    book.remove(book.active)
    for title, rows in SHEETS.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    items = load_items(str(tmp_path / "a.xlsx"))

    assert [("Desk lamp", 39.9)] == told(items)
    assert "The sheet 'Data' was read." == items.note


def test_a_workbook_of_texts_and_numbers_needs_no_header_and_a_formula_without_a_value_is_named(tmp_path):
    book = Workbook()
    for row in (["Desk lamp of oak", 39.9], ["Red mug", 5], ["Red chair", 7]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    book.active.insert_rows(1)
    book.active["A1"], book.active["B1"], book.active["B4"] = "text", "price", "=B2+1"
    book.save(tmp_path / "b.xlsx")

    assert [("Desk lamp of oak", 39.9), ("Red mug", 5.0), ("Red chair", 7.0)] == told(load_items(f"{tmp_path}/a.xlsx"))
    assert [(4, "the price is missing")] == [(s.line, s.reason) for s in load_items(f"{tmp_path}/b.xlsx").skipped]


WRAPPED = [
    {"status": "ok", "data": {"products": PRODUCTS}},
    {"response": {"meta": {"page": 1}, "hits": [{"_source": row} for row in PRODUCTS]}},
    {"features": [{"index": 0, "name": "text"}], "rows": [{"row": row} for row in PRODUCTS]},
    {"B01": PRODUCTS[0], "B02": PRODUCTS[1]},
    {"product": {"0": "Wireless mouse", "1": "Keyboard, 87 keys"}, "price": {"0": 25, "1": 75.5}},
    {"columns": ["product", "price"], "index": [0, 1], "data": [list(row.values()) for row in PRODUCTS]},
    [["product", "price"], *(list(row.values()) for row in PRODUCTS)],
]


@pytest.mark.parametrize("value", WRAPPED)
@pytest.mark.parametrize("indent", [None, 1])
def test_rows_are_found_wherever_they_stand_in_a_json_file(read, value, indent):
    assert EXPECTED == told(read("a.json", json.dumps(value, indent=indent)))


@pytest.mark.parametrize("between", ["", "\n", ",\n"])
def test_objects_one_behind_the_other_are_rows(read, between):
    assert EXPECTED == told(read("a.json", between.join(json.dumps(row, indent=1) for row in PRODUCTS)))
    assert EXPECTED == told(read("b.jsonl", between.join(map(json.dumps, PRODUCTS))))


def test_our_own_exports_are_items_again(read):
    item = Item("=Mug", '=Mug of clay\nred, "large"', 12.5, "Home")
    report = Report("top3", 1, (Result(0, item, 10.0, "", {"top3": 10.0}, 5, 20),), 1.0)
    how = settings_of(FakePricer().info, Items("a.csv", ()))

    for name, written in (("a.csv", to_csv(report, how)), ("a.json", to_json(report, how))):
        assert [item] == list(read(name, written).items)


@pytest.mark.parametrize(
    "row",
    [
        {
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "A red mug"}]},
                {"role": "assistant", "content": [{"type": "text", "text": "Price is $5.00"}]},
            ]
        },
        {"conversations": [{"from": "human", "value": "A red mug"}, {"from": "gpt", "value": "$5.00"}]},
        {
            "messages": [
                {"role": "user", "content": "An example"},
                {"role": "assistant", "content": "$9"},
                {"role": "user", "content": "A red mug"},
                {"role": "assistant", "content": "$5"},
            ]
        },
        {"instruction": "What does this cost?", "input": "A red mug", "output": "$5.00"},
        {"name": "A red mug", "offers": [{"@type": "Offer", "price": "5.00", "priceCurrency": "USD"}]},
        {"title": "A red mug", "variants": [{"price": "5.00"}, {"price": "5.00"}]},
        {"name": "A red mug", "price": {"$numberDecimal": "5.00"}},
        {"name": "A red mug", "price": ["$5.00"]},
        {"name": "A red mug", "price_cents": 500},
    ],
)
def test_other_forms_of_a_row_are_a_text_and_a_price(read, row):
    assert [("A red mug", 5.0)] == told(read("a.jsonl", lines(row)))


@pytest.mark.parametrize(
    ("price", "reason"),
    [
        ([{"price": 5}, {"price": 6}], "it has several prices and not one price"),
        ({"price": "5", "priceCurrency": "EUR"}, "its currency is EUR"),
        (float("nan"), "the price is missing"),
    ],
)
def test_offers_that_differ_or_are_in_another_currency_are_named(price, reason):
    with pytest.raises(ValueError, match=reason):
        parse_price(price)


def test_a_header_below_lines_of_as_many_cells_is_found(read):
    assert [("Desk lamp", 39.9)] == told(read("a.csv", "Acme,,\nMay,2024,\n\nSKU,Product,Price\n1,Desk lamp,39.90\n"))


def test_numbered_rows_need_no_header_and_others_are_told_that_there_is_none(read):
    assert EXPECTED == told(read("a.tsv", "1\tWireless mouse\t25\n2\tKeyboard, 87 keys\t75.50\n"))
    with pytest.raises(ItemsError, match="has no header line"):
        read("b.csv", "Mug,A red mug,5\nLamp,A desk lamp,7\nRug,A wool rug,9\n")


# Quotation marks


def mugs(first: int, last: int) -> str:
    return "".join(f"Mug {n},Stoneware mug number {n},12.50\n" for n in range(first, last + 1))


@pytest.mark.parametrize(
    "later",
    ['Frame,Picture frame 10" x 12" in oak,24.00\n', 'Tray,A tray as wide as 10",24.00\n', 'Tray,"A, tray",24.00\n'],
)
def test_a_mark_that_is_left_open_costs_its_own_row_and_no_other(read, later):
    content = f'title,text,price\n{mugs(2, 19)}Monitor,"24 inch monitor,189.00\n{mugs(21, 44)}{later}{mugs(46, 60)}'

    items = read("a.csv", content)

    assert [20] == [row.line for row in items.skipped]
    assert "a quotation mark left open" in items.note
    assert 58 == len(items.items)
    assert [24.0] == [item.price for item in items.items if item.title in ("Frame", "Tray")]


def test_marks_around_a_word_are_part_of_the_text(read):
    items = read("a.csv", 'title,text,price\nPlug,"Smart" plug with an app,14.99\n')

    assert "Plug" == items.items[0].title
    assert '"Smart" plug with an app' == items.items[0].text


words = st.text(st.sampled_from('ab ,"\n'), min_size=1, max_size=12).map(lambda text: f"w{text}w")


@given(st.lists(st.tuples(words, st.integers(1, 900)), min_size=3, max_size=12), st.integers(0, 11))
def test_rows_read_and_rows_named_are_the_rows_there_are(tmp_path_factory, rows, broken):
    path = tmp_path_factory.mktemp("a") / "a.csv"
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["number", "text", "price"])
    for number, (text, price) in enumerate(rows):
        if number == broken:
            written.write(f'{number},"left open,{price}\n')
        else:
            writer.writerow([number, f"{number} {text}", price])
    path.write_text(written.getvalue())
    try:
        items = load_items(str(path))
    except ItemsError:
        return  # none of three rows could be used

    prices = {f"{number} {text}": price for number, (text, price) in enumerate(rows)}
    assert len(rows) == len(items.items) + len(items.skipped)
    assert [prices[item.text] for item in items.items] == [item.price for item in items.items]


USABLE = '{"text": "Steel kettle, 2 liters", "price": 20}'
BROKEN = ['{"text": "a', "null", "[1, 2]", '"word"', '{"text": "Lamp of brass", "price": "free"}', '{"price": 3}', "}{"]


@given(st.lists(st.sampled_from([USABLE, *BROKEN]), max_size=20))
def test_lines_of_json_read_and_lines_named_are_the_lines_there_are(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("a") / "a.jsonl"
    path.write_text("\n".join([USABLE, *lines]))

    items = load_items(str(path))

    assert 1 + lines.count(USABLE) == len(items.items)
    assert [2 + place for place, line in enumerate(lines) if line != USABLE] == [row.line for row in items.skipped]


# Prices


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("12.99$", 12.99),
        ("12.99 $", 12.99),
        ("$12.99/ea", 12.99),
        ("$12.99 each", 12.99),
        ("from $12.99", 12.99),
        ('"29.99"', 29.99),
        ("$1 299.00", 1299.0),
        ("1'299.00", 1299.0),
        ("1\u202f299.00", 1299.0),
        ("USD 12.99", 12.99),
        ("$20.-", 20.0),
        ("ab $12.99", 12.99),
        ("Price is $39.99", 39.99),
        ({"value": "34.99", "currency": "USD"}, 34.99),
        ({"amount": 7}, 7.0),
    ],
)
def test_a_price_is_read_as_shops_write_it(written, expected):
    assert expected == parse_price(written)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("$14.49 - $19.99", "is a range of prices"),
        ("10 to 20", "is a range of prices"),
        ("€5", "its currency is €"),
        ("EUR 109.00", "its currency is EUR"),
        ("CA$12", "its currency is CA"),
        ({"value": "5", "currency": "GBP"}, "its currency is GBP"),
        ("A$12.99", "its currency is A"),
        ("R$ 99,00", "its currency is R"),
        ("199 kr", "its currency is kr"),
        ("49,99 zł", "its currency is zł"),
        ("CHF 20.-", "its currency is CHF"),
        ("2 for $10", "is no price"),
        ("Free", "is no price"),
        ("None", "the price is missing"),
    ],
)
def test_what_is_no_price_in_dollars_is_named(written, reason):
    with pytest.raises(ValueError, match=reason):
        parse_price(written)


def test_a_file_is_read_as_it_writes_its_numbers(read):
    rows = "Washer;1.299\nVacuum;89,90\nEspresso;1.049,00\nDishwasher;749\n"

    items = read("a.csv", f"title;price\n{rows}")

    assert [1299.0, 89.9, 1049.0, 749.0] == [item.price for item in items.items]
    assert "decimal commas" in items.note


def test_a_number_that_can_be_read_in_two_ways_is_not_guessed():
    assert Decimals.UNKNOWN is decimals_of(["1.299", "749"])
    assert 1.299 == parse_price("1.299", decimals_of(["1.299", "12.99"]))
    with pytest.raises(ValueError, match="can be read in two ways"):
        parse_price("1.299", Decimals.UNKNOWN)


@pytest.mark.parametrize("words", ["Total", "Subtotal:", "GRAND TOTAL"])
def test_the_sum_below_a_spreadsheet_is_no_product(read, words):
    items = read("a.csv", f"product,price\nRed mug,$9.99\nTotal War for PC,$30\n{words},$39.99\n".encode())

    assert ["Red mug", "Total War for PC"] == [item.title for item in items.items]
    assert "line 4: it is a sum of the other rows, not a product" in items.note


def test_rows_in_another_currency_are_left_out_and_counted(read):
    items = read("a.csv", "title,price,currency\nCooker,1899,INR\nMug,5,USD\nLamp,9,\n")

    assert [5.0, 9.0] == [item.price for item in items.items]
    assert "1 row in another currency than US dollars left out." in items.note


def test_a_column_that_names_another_currency_has_no_dollars(read):
    with pytest.raises(ItemsError, match="its currency is rs, not US dollars"):
        read("a.csv", "title,Price (Rs)\nCooker,1899\n")


# Encodings


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1250", "Żarówka łazienkowa, świetlówka, ręcznik biały"),
        ("cp1251", "Настольная лампа из стали, белая, чайник электрический"),
        ("cp1252", "Crème brûlée torch, café à la carte"),
        ("cp932", "電気ケトル、ステンレス製"),
        ("mac_roman", "Café crème déjà vu à la crêpière"),
    ],
)
def test_an_encoding_is_told_apart_or_named(read, encoding, text):
    content = "text;price\n" + f"{text};5\n" * 20

    found = read("a.csv", content.encode(encoding))
    assert {text} == {item.text for item in found.items}
    assert "is not UTF-8" in found.note
    assert {text} == {item.text for item in read("b.csv", content.encode(encoding), encoding=encoding).items}


def test_an_encoding_that_is_none_is_a_sentence(read):
    with pytest.raises(ItemsError, match="There is no encoding 'klingon'"):
        read("a.csv", "text,price\na,1\n", encoding="klingon")


# Rows without prices


def test_a_source_without_prices_gives_its_rows_with_their_own_columns(tmp_path):
    (tmp_path / "a.csv").write_text("sku,title,description\n17,Mug,Red\n18,,\n")

    first, second = open_source(str(tmp_path / "a.csv")).rows()

    assert (2, {"sku": "17", "title": "Mug", "description": "Red"}) == (first.line, first.cells)
    assert ("Mug\nRed", None, "the price is missing") == (first.text, first.price, first.no_price)
    assert (None, "the text is empty") == (second.text, second.reason)


def test_an_address_of_the_web_is_told_apart_from_a_file():
    with pytest.raises(ItemsError, match=r"https://example\.com/items\.csv is a web address: download the file"):
        load_items("https://example.com/items.csv")
