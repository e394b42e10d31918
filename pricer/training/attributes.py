"""What an attribute is worth: by what factor a price changes when a product's text names another value of it.

These are priors, set by hand: rough, and of one sign that everybody agrees on. The data's own slopes are flatter, for
sellers write a size mostly where it is unusual, and a price on a shelf has more reasons than the one that a text says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# A number with its unit, times k, multiplies the price by k to this power.
ELASTICITY = {
    "inch": 0.9,
    "foot": 0.8,
    "ounce": 0.6,
    "pound": 0.65,
    "gram": 0.6,
    "kilogram": 0.65,
    "milliliter": 0.6,
    "liter": 0.65,
    "quart": 0.65,
    "gallon": 0.6,
    "pint": 0.6,
    "cubic foot": 0.7,
    "gigabyte": 0.5,
    "terabyte": 0.75,
    "megapixel": 0.5,
    "watt": 0.55,
    "ampere": 0.4,
    "ampere-hour": 0.6,
    "milliampere-hour": 0.6,
    "horsepower": 0.5,
    "btu": 0.6,
    "lumen": 0.45,
    "carat": 1.0,
    "karat": 1.0,
    "piece": 0.75,
    "count": 0.75,
    "pack": 0.8,
    "drawer": 0.6,
    "port": 0.65,
    "bay": 0.8,
    "person": 0.7,
    "thread count": 0.35,
    "step": 0.5,
    "key": 0.8,
}
# Screens grow dearer faster than they grow larger.
SCREENS = re.compile(r"\b(tv|television|monitor|display|oled|qled)\b", re.IGNORECASE)
SCREEN_ELASTICITY = 1.5
# Garments' inches say the cut and nothing of the price.
WORN = re.compile(
    r"\b(shorts?|pants|jeans|dress|skirt|shirt|tee|bra|leggings?|hoodie|jacket|shoes?|sneakers?|boots?|inseam|heels?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Swap:
    """Words that name one value of an attribute, those that name others, and what these multiply the price by.

    It holds only for texts that `where` is found in.
    """

    found: re.Pattern[str]
    others: tuple[tuple[str, float], ...]
    where: re.Pattern[str] | None = None


def _swap(found: str, where: str | None = None, **others: float) -> Swap:
    words = tuple((name.replace("_", " "), factor) for name, factor in others.items())
    return Swap(_words(found), words, _words(where) if where else None)


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


_BEDS = "bed|mattress|comforter|sheets?|frame|duvet|quilt|headboard"
_JEWELRY = "rings?|band|earrings?|necklace|pendant|bracelet|hoops?|chain|studs?|charm"
SWAPS = (
    # Jewelry
    _swap("1[048]k(?:t)? (?:solid )?(?:yellow |white |rose )?gold(?! (?:plated|filled|tone))", _JEWELRY,
          gold_plated_brass=0.12, sterling_silver=0.25, stainless_steel=0.1),
    _swap("gold[- ](?:plated|filled|tone)", _JEWELRY, solid_14k_gold=7.0),
    _swap("(?:925 )?sterling silver", _JEWELRY, stainless_steel=0.5, solid_14k_gold=4.0, platinum=6.0),
    _swap("stainless steel|alloy", _JEWELRY, sterling_silver=1.9, solid_14k_gold=8.0, platinum=10.0),
    _swap("platinum", _JEWELRY, stainless_steel=0.1, sterling_silver=0.2),
    _swap("cubic zirconia|cz|rhinestones?|crystals?", _JEWELRY,
          natural_diamond=6.0, natural_sapphire=3.0, moissanite=2.0),
    _swap("(?:natural )?diamonds?", _JEWELRY, cubic_zirconia=0.15, glass=0.1),
    _swap("(?:faux|simulated|imitation) pearls?", _JEWELRY, freshwater_pearl=3.0),
    # Leather, fabric, filling
    _swap("faux leather|pu leather|vegan leather|leatherette", genuine_leather=2.0, top_grain_leather=2.4, fabric=0.8),
    _swap("(?<!faux )(?<!pu )(?<!vegan )(?:genuine |real |top[- ]grain |full[- ]grain )leather", faux_leather=0.5,
          polyester_fabric=0.45, canvas=0.5),
    _swap("polyester", "sweater|coat|jacket|scarf|blouse|dress|shirt|cardigan|robe", silk=2.6, wool=2.2, cashmere=3.2),
    _swap("polyester|fabric|linen|velvet|upholstered", "sofa|chair|couch|loveseat|ottoman|recliner|sectional|stool",
          top_grain_leather=2.2, genuine_leather=2.0),
    _swap("acrylic", "sweater|cardigan|scarf|hat|beanie|gloves", merino_wool=2.4, cashmere=3.4),
    _swap("(?:merino )?wool", "sweater|cardigan|scarf|coat|socks", acrylic=0.45, polyester=0.45, cashmere=1.8),
    _swap("(?:100% |pure )?cashmere", acrylic=0.3, cotton=0.4),
    _swap("cotton", "sweater|scarf|sheets?|robe|pajamas?|pillowcase", silk=2.6, cashmere=3.0, polyester=0.75),
    _swap("(?:mulberry |pure )?silk", "scarf|blouse|dress|pillowcase|robe|tie", polyester=0.4, satin=0.45),
    _swap("goose down|down[- ]filled|duck down", polyester_filled=0.45, synthetic_fill=0.5),
    _swap("(?:microfiber|polyester fill(?:ed|ing)?|down alternative)", "comforter|pillow|jacket|coat|duvet|parka",
          goose_down=2.4),
    # Wood, metal, plastic
    _swap("mdf|particle ?board|engineered wood|manufactured wood|laminate",
          solid_oak=2.2, solid_walnut=2.6, solid_wood=2.0),
    _swap("solid (?:wood|oak|walnut|teak|mahogany|maple|acacia|cherry)", particle_board=0.42, engineered_wood=0.45,
          plastic=0.4),
    _swap("plastic|resin|polypropylene",
          "bench|chair|table|cabinet|shelf|rack|cart|organizer|tripod|case|planter|bucket",
          solid_teak=3.0, stainless_steel=2.0, aluminum=1.8, carbon_fiber=3.5),
    _swap("stainless steel", "sink|trash can|bottle|bowl|rack|table|cart|shelf|hood|faucet|utensils?|container",
          plastic=0.45),
    _swap("cast aluminum|aluminum|alloy", "bike|bicycle|frame|tripod|wheels?|poles?|paddle",
          carbon_fiber=2.6, steel=0.7),
    _swap("carbon fiber", "bike|bicycle|frame|tripod|wheels?|poles?|paddle|hood|case", aluminum=0.45, steel=0.35,
          fiberglass=0.45),
    _swap("titanium", stainless_steel=0.45, aluminum=0.4, plastic=0.25),
    _swap("(?:carbon|alloy|chrome vanadium|high carbon) steel", "hammer|axe|knife|knives|wrench|pot|cookware|bike",
          titanium=2.6),
    _swap("nonstick|non-stick|ceramic", "pan|skillet|cookware|saucepan|frypan|pot",
          five_ply_stainless_steel=2.4, copper_core=3.0),
    _swap("(?:enameled )?cast iron", "dutch oven|pot|braiser|casserole", thin_nonstick_aluminum=0.5),
    _swap("crystal", "vase|glass(?:es)?|bowl|decanter|goblets?|chandelier", plain_glass=0.45, acrylic=0.35),
    _swap("porcelain|bone china", "set|plates?|dinnerware|bowl|mug", melamine=0.5, plastic=0.35),
    # Electronics
    _swap("oled", "tv|television|monitor", led_lcd=0.5),
    _swap("led|lcd|qled", "tv|television", oled=2.0),
    _swap("4k|uhd|2160p", "tv|television|projector|camera|monitor|camcorder|webcam", **{"720p": 0.5, "1080p": 0.7}),
    _swap("1080p|full hd|720p", "tv|television|projector|camera|monitor|camcorder|webcam", **{"4K": 1.8, "480p": 0.5}),
    _swap("hdd|hard drive|hard disk", ssd=1.7),
    _swap("ssd|solid state drive", hard_drive=0.65),
    _swap("core i[79]|ryzen [79]|ultra [79]", celeron=0.35, core_i3=0.5),
    _swap("celeron|pentium|atom", core_i7=2.8, core_i5=2.0),
    _swap("core i3|ryzen 3", core_i7=1.9, core_i9=2.4),
    _swap("rtx (?:[345]0[789]0)(?: ti| super)?", gtx_1050=0.25, gt_1030=0.15),
    _swap("gtx (?:9|10|16)\\d0(?: ti)?|gt \\d{3,4}", rtx_4080=4.0, rtx_3060=1.8),
    _swap("automatic|self-winding", "watch", quartz=0.5),
    _swap("quartz", "watch", automatic=1.9),
    _swap("true wireless|wireless|bluetooth", "headphones?|earbuds|headset|keyboard|mouse", wired=0.55),
    _swap("wired", "headphones?|earbuds|headset|keyboard|mouse|microphone|controller", wireless=1.7),
    _swap("cordless|rechargeable|electric|motorized",
          "drill|saw|vacuum|trimmer|blower|toothbrush|desk|scooter|mower|shaver|car",
          manual=0.35),
    _swap("manual", "toothbrush|mower|coffee grinder|grinder|desk|treadmill|can opener|shaver|recliner",
          electric=2.6, rechargeable=2.6),
    # Beds, rooms and seats
    _swap("twin(?: xl)?", _BEDS, king=1.7, queen=1.45, california_king=1.8),
    _swap("(?:california |cal )?king", _BEDS, twin=0.58, full=0.75),
    _swap("queen", _BEDS, twin=0.68, king=1.2),
    _swap("loveseat|love seat", sofa=1.3, six_seat_sectional_sofa=2.0),
    _swap("sectional(?: sofa)?", loveseat=0.5),
    _swap("laminated|basswood|plywood", "guitar|ukulele|violin|cajon", solid_spruce=2.4, solid_rosewood=3.0),
    # What comes with it
    _swap(r"(?:tool[- ]only|bare[- ]tool)", with_two_batteries_and_charger=1.8),
    _swap(r"with (?:two |2 )?(?:batteries|battery) and charger|battery and charger included", bare_tool=0.55,
          tool_only=0.55),
    # Condition
    _swap("renewed|refurbished|remanufactured|pre-?owned|open[- ]box", brand_new=1.6),
)  # fmt: skip

# Said after a text, with what that multiplies the price by.
CONDITIONS = (
    (", renewed", 0.6), (", refurbished", 0.6), (", certified refurbished", 0.65), (", used, good condition", 0.5),
    (", pre-owned", 0.5), (", open box", 0.75), (", for parts or repair", 0.25), (", renewed, visible scratches", 0.5),
)  # fmt: skip
# What has a condition: it is sold again.
DURABLE = re.compile(
    r"\b(laptop|phone|smartphone|iphone|galaxy|tablet|ipad|macbook|tv|television|monitor|camera|lens|printer|console|"
    r"headphones?|speaker|watch|drill|saw|wrench|vacuum|mixer|blender|espresso|guitar|keyboard|router|projector|desktop|"
    r"graphics card|processor|drone|treadmill|bicycle|bike|mower|generator|refrigerator|washer|dryer|dishwasher|"
    r"amplifier)\b",
    re.IGNORECASE,
)
# How the same thing is sold many times, of which n cost n to the power ELASTICITY["pack"].
MULTIPLES = ("Set of {n} ", "Pack of {n}: ", "{n}-pack ", "{n} pack of ", "Case of {n}: ", "{words}, {n} pack",
             "{words}, set of {n}", "{words} (Pack of {n})", "{words}, {n}-piece set")  # fmt: skip
SINGLES = ("One ", "Single ", "{words}, one only", "{words}, single", "1 ")

# A brand that is paid for, and the share of its price that the same thing costs without the name.
UNNAMED = ("Generic", "Store brand", "Unbranded", "No-name", "Off-brand", "Basic", "Value brand", "House brand")
BRANDS = {
    "Apple": 0.4, "Sony": 0.6, "Bose": 0.4, "Samsung": 0.65, "LG": 0.65, "Canon": 0.6, "Nikon": 0.6, "Garmin": 0.4,
    "GoPro": 0.35, "DJI": 0.4, "JBL": 0.55, "Beats": 0.45, "Sennheiser": 0.5, "Shure": 0.45, "Sonos": 0.4,
    "Logitech": 0.6, "Razer": 0.55, "Corsair": 0.6, "Dell": 0.7, "HP": 0.7, "Lenovo": 0.7, "ASUS": 0.75, "MSI": 0.7,
    "Microsoft": 0.6, "Panasonic": 0.65, "Philips": 0.65, "Fujifilm": 0.5, "Leica": 0.2, "Bang & Olufsen": 0.25,
    "Milwaukee": 0.5, "DeWalt": 0.5, "DEWALT": 0.5, "Makita": 0.5, "Bosch": 0.55, "Festool": 0.25, "Snap-on": 0.25,
    "Klein": 0.6, "Fluke": 0.3, "RYOBI": 0.75, "Ridgid": 0.65, "Stihl": 0.5, "Husqvarna": 0.5, "Honda": 0.5,
    "Dyson": 0.3, "KitchenAid": 0.45, "Le Creuset": 0.25, "Staub": 0.35, "All-Clad": 0.3, "Cuisinart": 0.65,
    "Vitamix": 0.25, "Breville": 0.45, "Ninja": 0.6, "Shark": 0.55, "iRobot": 0.5, "Miele": 0.35, "Smeg": 0.35,
    "Wusthof": 0.35, "Zwilling": 0.45, "Shun": 0.3, "Lodge": 0.7, "Nespresso": 0.6, "Keurig": 0.6, "Weber": 0.5,
    "Traeger": 0.45, "YETI": 0.35, "Yeti": 0.35, "Hydro Flask": 0.5, "Stanley": 0.6, "Moen": 0.55, "Kohler": 0.5,
    "Delta": 0.6, "Grohe": 0.45, "Herman Miller": 0.2, "Steelcase": 0.3, "Tempur-Pedic": 0.35, "Serta": 0.7,
    "Nike": 0.55, "adidas": 0.6, "Adidas": 0.6, "Patagonia": 0.4, "Arc'teryx": 0.3, "The North Face": 0.45,
    "Columbia": 0.65, "Levi's": 0.6, "Ralph Lauren": 0.45, "Tommy Hilfiger": 0.55, "Calvin Klein": 0.55,
    "Under Armour": 0.65, "New Balance": 0.55, "Timberland": 0.5, "UGG": 0.4, "Birkenstock": 0.4, "Clarks": 0.55,
    "Dr. Martens": 0.45, "Salomon": 0.5, "Merrell": 0.55, "Coach": 0.3, "Gucci": 0.1, "Prada": 0.1, "Burberry": 0.15,
    "Michael Kors": 0.4, "Kate Spade": 0.4, "Ray-Ban": 0.25, "Oakley": 0.35, "Fossil": 0.5, "Seiko": 0.4,
    "Citizen": 0.4, "Casio": 0.65, "Tissot": 0.25, "Swarovski": 0.4, "Pandora": 0.45, "Tiffany": 0.15,
    "Fender": 0.45, "Gibson": 0.25, "Yamaha": 0.5, "Roland": 0.5, "Ibanez": 0.55, "Taylor": 0.3, "Martin": 0.35,
    "LEGO": 0.5, "Barbie": 0.6, "Fisher-Price": 0.7, "Hot Wheels": 0.7, "Nerf": 0.6, "Graco": 0.75, "UPPAbaby": 0.3,
    "Chanel": 0.2, "Dior": 0.25, "Lancome": 0.4, "Estee Lauder": 0.4, "Clinique": 0.5, "La Mer": 0.1, "MAC": 0.5,
    "Oral-B": 0.55, "Braun": 0.5, "Gillette": 0.55, "Callaway": 0.45, "Titleist": 0.4, "TaylorMade": 0.45,
    "Wilson": 0.6, "Coleman": 0.7, "Osprey": 0.5, "Thule": 0.4, "Trek": 0.4, "Michelin": 0.6, "Goodyear": 0.7,
}  # fmt: skip
