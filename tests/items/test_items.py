"""Items: whatever file they come in, good rows are used, bad ones are counted, and every mistake is a sentence."""

import gzip
import json
import random
import time

import pyarrow
import pytest
from pyarrow import parquet

from pricer.errors import ItemsError
from pricer.items import rows as item_table
from pricer.items.cells import MAX_TEXT
from pricer.items.columns import choose_columns
from pricer.items.item import Item, item_from_row
from pricer.items.load import Skipped, load_items
from pricer.items.prices import parse_price

MUG, LAMP = Item("Mug", "a red mug", 9.99), Item("Lamp", "a desk lamp", 25.0)


@pytest.fixture
def file(tmp_path):
    """Write bytes, or text as UTF-8, under a name."""

    def write(name: str, content: bytes | str) -> str:
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(tmp_path / name)

    return write


def json_lines(*rows) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


# Forms


@pytest.mark.parametrize("pack", [False, True])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "title,text,price\nMug,a red mug,9.99\nLamp,a desk lamp,25\n"),
        ("a.csv", 'title;price;text\r\nMug;"9.99";a red mug\r\nLamp;25;a desk lamp\r\n'),
        ("a.tsv", "text\tprice\ttitle\na red mug\t$9.99\tMug\na desk lamp\t25\tLamp"),
        ("a.jsonl", json_lines(vars(MUG), vars(LAMP))),
        ("a.ndjson", "\n" + json_lines(vars(MUG)) + "\n\n" + json_lines(vars(LAMP))),
    ],
)
def test_text_files_are_read_gzipped_or_not(file, name, content, pack):
    path = file(f"{name}.gz" if pack else name, gzip.compress(content.encode()) if pack else content)

    assert (MUG, LAMP) == load_items(path).items


def test_parquet_is_read(tmp_path):
    rows = pyarrow.Table.from_pylist([{**vars(MUG), "image": b"x"}, {**vars(LAMP), "image": b"y"}])
    parquet.write_table(rows, tmp_path / "a.parquet")

    assert (MUG, LAMP) == load_items(str(tmp_path / "a.parquet")).items


def test_prompt_and_completion_are_the_second_generations_names(file):
    prompt = "What does this cost to the nearest dollar?\n\nMug\nred\n\nPrice is $"

    (item,) = load_items(file("a.jsonl", json_lines({"prompt": prompt, "completion": "12.00"}))).items

    assert Item("Mug", "Mug\nred", 12.0) == item


def test_a_price_at_the_end_of_the_text_is_taken_off_it_as_in_the_courses_train_split(file):
    text = "How much does this cost to the nearest dollar?\n\nMug\n\nPrice is $12.00"

    (alone,) = load_items(file("a.jsonl", json_lines({"text": text}))).items
    (beside,) = load_items(file("b.jsonl", json_lines({"text": text, "price": 11.99}))).items

    assert ("Mug", 12.0) == (alone.text, alone.price)
    assert ("Mug", 11.99) == (beside.text, beside.price)


def test_a_field_may_run_over_several_lines_and_lines_are_still_counted_rightly(file):
    path = file("a.csv", 'text,price\n"a\nred\nmug",9.99\n"a, b",\nlamp,5\n')

    items = load_items(path)

    assert ["a\nred\nmug", "lamp"] == [item.text for item in items.items]
    assert (Skipped(5, "the price is missing"),) == items.skipped


# Columns


@pytest.mark.parametrize(
    ("names", "text", "price"),
    [
        (("Text", "PRICE"), "Text", "PRICE"),
        (("description", "cost"), "description", "cost"),
        (("Product Name", "Price (USD)"), "Product Name", "Price (USD)"),
        (("product_description", "retail_price"), "product_description", "retail_price"),
        (("id", "name", "amount"), "name", "amount"),
        ((" text ", "msrp", "price"), " text ", "price"),
        (("prompt", "completion"), "prompt", "completion"),
    ],
)
def test_columns_are_recognised_by_what_people_call_them(names, text, price):
    columns = choose_columns(names, [])

    assert (text, price) == (columns.text, columns.price)


def test_columns_can_be_chosen(file):
    path = file("a.csv", "text,price,memo,was\nx,1,a red mug,9.99\n")

    (item,) = load_items(path, text_column="memo", price_column="was").items

    assert ("a red mug", 9.99) == (item.text, item.price)


def test_a_description_gets_its_title_in_front_as_in_the_courses_texts():
    item = item_from_row({"title": "Mug", "description": "red, of clay", "price": 5})

    assert "Mug\nred, of clay" == item.text


def test_a_text_stays_as_it_is_and_names_itself_by_its_first_line():
    item = item_from_row({"text": "Mug\nred", "price": 5})

    assert Item("Mug", "Mug\nred", 5.0) == item


def test_a_chosen_column_that_is_not_there_is_named_with_those_that_are(file):
    path = file("a.csv", "text,price\na,1\n")

    with pytest.raises(ItemsError, match="There is no column 'was': choose one of 'text', 'price'"):
        load_items(path, price_column="was")


def test_a_table_without_a_text_names_its_columns(file):
    with pytest.raises(ItemsError, match="None of the columns 'id', 'color' looks like the text of a product"):
        load_items(file("a.csv", "id,color\n1,red\n"))


# How many, and which


def test_the_first_items_are_taken_as_in_the_course(file):
    path = file("a.jsonl", json_lines(*({"text": f"item {i}", "price": i} for i in range(1, 101))))

    assert [1, 2, 3] == [item.price for item in load_items(path, limit=3).items]


def test_a_seed_takes_a_random_sample_that_can_be_taken_again(file):
    path = file("a.jsonl", json_lines(*({"text": f"item {i}", "price": i} for i in range(1, 101))))

    first, again, other = (load_items(path, 10, seed) for seed in (1, 1, 2))

    assert first == again
    assert first.items != other.items
    assert 10 == len(set(first.items))
    assert 1 == first.seed
    assert sorted(item.price for item in first.items) == [item.price for item in first.items]


def test_a_random_sample_takes_every_item_as_often_as_any_other(file):
    path = file("a.jsonl", json_lines(*({"text": f"item {i}", "price": i} for i in range(1, 11))))
    taken = [item.price for seed in range(400) for item in load_items(path, 3, seed).items]

    # 1,200 draws of ten items: 120 each, give or take four standard deviations of about 9.
    assert all(84 <= taken.count(price) <= 156 for price in range(1, 11))


def test_a_sample_larger_than_the_source_is_the_source(file):
    path = file("a.jsonl", json_lines(vars(MUG), vars(LAMP)))

    assert (MUG, LAMP) == load_items(path, 10, seed=5).items


# Prices


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("$1,299.00", 1299.0),
        ("USD 5", 5.0),
        ("US $5", 5.0),
        (" 5.5 USD ", 5.5),
        ("12 dollars", 12.0),
        (".99", 0.99),
        ("7.", 7.0),
        ("1,234,567.89", None),
        (3, 3.0),
        (2.5, 2.5),
        ("0", None),
        (0, None),
        (-4.0, None),
        ("-4", None),
        (float("nan"), None),
        (float("inf"), None),
        ("nan", None),
        ("inf", None),
        ("1e3", None),
        ("12,99", None),  # not 1,299
        ("1.299,00", None),
        ("€5", None),
        ("5-10", None),
        ("", None),
        ("  ", None),
        (None, None),
        (True, None),
        (10**400, None),
        (10**9, None),
        ([5, 6], None),
        (b"5", None),
    ],
)
def test_a_price_is_dollars_above_zero_or_a_reason(written, expected):
    if expected is None:
        with pytest.raises(ValueError, match="price"):
            parse_price(written)
    else:
        assert expected == parse_price(written)


# Bad rows and bad files


def test_good_rows_are_used_and_bad_ones_counted_with_their_lines(file):
    path = file(
        "a.csv",
        "text,price\na red mug,9.99\n,5\nlamp,\nlamp,free\nlamp,0\nlamp,-3\nlamp,nan\nlamp,5,6\na desk lamp,25\n",
    )

    items = load_items(path)

    assert [9.99, 25.0] == [item.price for item in items.items]
    assert [3, 4, 5, 6, 7, 8, 9] == [row.line for row in items.skipped]
    assert items.note.startswith(
        "7 rows could not be used (line 3: the text is empty; line 4: the price is missing; line 5: 'free' is no price "
        "in dollars; and 4 more)."
    )


def test_lines_that_are_no_json_objects_are_bad_rows(file):
    path = file("a.jsonl", json_lines(vars(MUG)) + "{oops\n[1]\n" + "[" * 100_000 + "\n" + json_lines(vars(LAMP)))

    items = load_items(path)

    assert (MUG, LAMP) == items.items
    assert [2, 3, 4] == [row.line for row in items.skipped]


def test_a_text_that_is_no_text_is_a_bad_row(file):
    rows = [{"text": {"a": 1}, "price": 5}, {"text": 5, "price": 5}, {"text": None, "price": 5}, vars(MUG)]

    assert [1, 2, 3] == [row.line for row in load_items(file("a.jsonl", json_lines(*rows))).skipped]


def test_a_text_of_fifty_thousand_characters_is_a_bad_row(file):
    rows = json_lines({"text": "x" * 50_000, "price": 5}, {"text": "x" * MAX_TEXT, "price": 5})

    items = load_items(file("a.jsonl", rows))

    assert 1 == len(items.items)
    assert "line 1: the text has 50,000 characters, more than 20,000" in items.note


def test_a_line_of_many_megabytes_is_one_bad_row(file):
    path = file("a.jsonl", '{"text": "' + "x" * 3_000_000 + '", "price": 5}\n' + json_lines(vars(MUG)))

    items = load_items(path)

    assert (MUG,) == items.items
    assert [1] == [row.line for row in items.skipped]


def test_a_quotation_mark_left_open_loses_no_row_before_it(file):
    path = file("a.csv", "text,price\na red mug,9.99\n" + '"never closed,5\n' + "lamp,5\n" * 30_000)

    items = load_items(path)

    assert [9.99] == [item.price for item in items.items][:1]
    assert 3 == items.skipped[0].line
    assert "quotation mark left open" in items.skipped[0].reason


def test_the_first_of_two_columns_with_one_name_is_used_and_told(file):
    items = load_items(file("a.csv", "text,price,price\na red mug,9.99,1\n"))

    assert [9.99] == [item.price for item in items.items]
    assert "The column 'price' is there more than once: the first one is used." == items.note


def test_doubled_columns_in_parquet_are_told_too(tmp_path):
    table = pyarrow.table([["a red mug"], [9.99], [1.0]], names=["text", "price", "price"])
    parquet.write_table(table, tmp_path / "a.parquet")

    items = load_items(str(tmp_path / "a.parquet"))

    assert [9.99] == [item.price for item in items.items]
    assert "more than once" in items.note


@pytest.mark.parametrize(
    ("encoding", "remark"),
    [
        ("utf-8-sig", ""),
        ("utf-16", ""),
        ("utf-16-le", ""),
        ("utf-16-be", ""),
        ("utf-32", ""),
        ("cp1252", "is not UTF-8"),
    ],
)
def test_other_encodings_are_found_out(file, encoding, remark):
    text = "text,price\n" + "a café mug “red”,9.99\n" * 5

    items = load_items(file("a.csv", text.encode(encoding)))

    assert {"a café mug “red”"} == {item.text for item in items.items}
    assert 5 == len(items.items)
    assert remark in items.note


def test_one_byte_that_is_no_utf8_far_into_a_file_is_found_too(file):
    content = b"text,price\n" + b"a red mug,9.99\n" * 20_000 + b"caf\xe9,5\n"

    items = load_items(file("a.csv", content))

    assert "café" == items.items[-1].text
    assert "is not UTF-8" in items.note


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", b"", "is empty"),
        ("a.jsonl", b"", "is empty"),
        ("a.parquet", b"", "is empty"),
        ("a.csv", b"\n\n", "looks like the text of a product"),
        ("a.csv", b"text,price\n", "has columns but no rows"),
        ("a.csv", b"text,color\na,red\n", "has no prices: none of its columns 'text', 'color' looks like one"),
        ("a.csv", b"text,price\na,free\nb,\n", "2 rows could not be used, the first, in line 2, because 'free' is no"),
        ("a.csv", b"PK\x03\x04" + bytes(100), "not a text file but an Excel or zip file"),
        ("a.csv", bytes(range(256)) * 20, "not a text file"),
        ("a.csv", random.Random(0).randbytes(5000), "not a text file"),
        ("a.csv", b"PAR1" + bytes(50), "but a Parquet file"),
        ("a.jsonl", b"\x80\x04\x95" + bytes(50), "but a pickle"),
        ("a.jsonl", b"just words\n", "looks like the text of a product"),
        ("a.parquet", b"text,price\na,1\n", "no readable Parquet file"),
        ("a.csv.gz", b"text,price\na,1\n", "not a complete gzip file"),
        ("a.csv.gz", gzip.compress(b"text,price\n" + b"a,1\n" * 1000, mtime=0)[:-9], "not a complete gzip file"),
        ("a.xlsx", b"PK", "is no readable Excel file"),
        ("a.pkl", b"x", "is none of .csv, .tsv, .txt, .json, .jsonl, .xlsx and .parquet: convert it"),
    ],
)
def test_a_file_that_holds_no_items_is_a_sentence(file, name, content, sentence):
    with pytest.raises(ItemsError, match=sentence) as error:
        load_items(file(name, content))

    assert str(error.value).endswith(".")


def test_a_file_that_grows_without_end_when_unpacked_is_a_sentence(file, monkeypatch):
    monkeypatch.setattr(item_table, "MAX_UNPACKED", 1_000_000)
    bombs = [b"text,price\n" + b"a,1\n" * 300_000, b"text,price\ncaf\xe9,1\n" + b"x" * 2_000_000]

    for number, bomb in enumerate(bombs):
        with pytest.raises(ItemsError, match="grows beyond 1 MB when it is unpacked: cut it to fewer rows"):
            load_items(file(f"{number}.csv.gz", gzip.compress(bomb)))


def test_a_hundred_thousand_columns_and_a_megabyte_of_spaces_take_no_time(file):
    began = time.monotonic()
    wide = load_items(file("a.csv", "text,price" + ",a" * 100_000 + "\nmug,5\n"))
    spaces = load_items(file("b.csv", "text,price\nmug,5\nlamp,$" + " " * 100_000 + "x\n"))

    assert (1, 1) == (len(wide.items), len(spaces.items))
    assert time.monotonic() - began < 10


def test_a_parquet_file_cut_short_is_a_sentence(file, tmp_path):
    parquet.write_table(pyarrow.Table.from_pylist([vars(MUG)] * 1000), tmp_path / "whole.parquet")
    path = file("a.parquet", (tmp_path / "whole.parquet").read_bytes()[:-20])

    with pytest.raises(ItemsError, match="no readable Parquet file"):
        load_items(path)


def test_a_parquet_file_damaged_within_is_a_sentence(file, tmp_path):
    parquet.write_table(pyarrow.Table.from_pylist([vars(MUG)] * 1000), tmp_path / "whole.parquet")
    content = bytearray((tmp_path / "whole.parquet").read_bytes())
    content[4:60] = b"\xff" * 56

    with pytest.raises(ItemsError, match="no readable Parquet file"):
        load_items(file("a.parquet", bytes(content)))


@pytest.mark.parametrize("source", ["nowhere.csv", ".", "/", "pricer\0.csv", "x" * 5000 + ".csv"])
def test_a_file_that_is_not_there_is_a_sentence(source):
    with pytest.raises(ItemsError, match=r"There is no file|none of|cannot be read"):
        load_items(source)


def test_no_more_rows_are_read_than_allowed_and_that_is_told(file):
    path = file("a.jsonl", json_lines(*({"text": f"item {i}", "price": i} for i in range(1, 101))))

    items = load_items(path, 5, seed=1, max_rows=50)

    assert all(item.price <= 50 for item in items.items)
    assert "Only the first 50 rows were read." == items.note
    assert "" == load_items(path, 5, max_rows=50).note


# Leaks


@pytest.mark.parametrize(
    ("price", "text", "leaks"),
    [
        (12.99, "now only $12.99", True),
        (12.99, "now only 12.99", True),
        (1299.0, "was $1,299.00", True),
        (1299.0, "just $1299!", True),
        (12.0, "for 12 dollars", True),
        (12.0, "12.00 each", True),
        (12.0, "pack of 12", False),
        (12.0, "$12.50", False),
        (12.0, "$120", False),
        (12.99, "112.99 g", False),
        (12.99, "12.995", False),
        (2.5, "size 12.50", False),
        (12.99, "a red mug", False),
    ],
)
def test_a_text_leaks_where_it_says_its_price(price, text, leaks):
    assert leaks == Item("a", text, price).leaks


def test_leaks_are_counted_and_named(file):
    rows = json_lines({"text": "Mug at $5.00", "price": 5}, {"text": "Lamp", "price": 5})

    items = load_items(file("a.jsonl", rows))

    assert ["Mug at $5.00"] == [item.title for item in items.leaks]
    assert "1 item with the price in the text (Mug at $5.00): that is a leak and flatters the result." == items.note
