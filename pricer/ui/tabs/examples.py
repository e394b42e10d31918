"""Descriptions to start with, written for this page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """A short name for a button, and the description that it puts into the box."""

    name: str
    text: str


EXAMPLES = (
    Example(
        "Headphones",
        "Over-ear wireless headphones with active noise cancelling\n"
        "Closed-back Bluetooth 5.3 headphones for travel and the office. Six microphones filter out engine hum and "
        "voices; a transparency mode lets announcements through. 40 mm drivers, up to 45 hours on a charge, ten "
        "minutes of charging give five hours. Folds flat, hard case, USB-C cable and 3.5 mm cable included.",
    ),
    Example(
        "Cordless drill",
        "20V cordless drill and driver kit with two batteries\n"
        "Brushless motor, 1/2 inch keyless chuck, two gears up to 1,800 rpm, 21 clutch settings and an LED work light. "
        "Comes with two 2.0 Ah lithium-ion batteries, a charger, 30 bits and a soft bag. Weighs 3.4 pounds.",
    ),
    Example(
        "Dishwasher part",
        "Lower rack wheel set for 24 inch dishwashers, pack of 8\n"
        "Replacement rollers with clips, made of heat-resistant nylon. Fits the lower rack of most common models, "
        "snaps on without tools. Check the diameter of your old wheel (1.5 inch) before you order.",
    ),
    Example(
        "Electric guitar",
        "Solid-body electric guitar, maple neck, three single-coil pickups\n"
        "Alder body in sunburst finish, bolt-on maple neck with 22 medium jumbo frets on a rosewood fingerboard, "
        "five-way switch, tremolo bridge, sealed tuners. Set up and checked by hand. With gig bag.",
    ),
    Example(
        "Window air conditioner",
        "8,000 BTU window air conditioner with remote control\n"
        "Cools rooms up to 350 square feet. Three cooling speeds, three fan speeds, sleep mode, 24 hour timer and a "
        "washable filter. Energy Star certified, 115 V. Installation kit for windows from 23 to 36 inches included.",
    ),
)
