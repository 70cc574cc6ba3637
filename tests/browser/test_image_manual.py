"""Shapes on pictures, drawn and changed as a person would, and what is stored then: pixels of the original."""

import json
import re
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from tests.browser.annotator import PHONE, Annotator, hear_spans, write_tasks
from tests.browser.test_accessibility import check
from tests.server_process import ServerProcess

pytestmark = pytest.mark.browser

LABELS = {"labels": ["CELL", "NUCLEUS", "OTHER"], "custom_theme": {"labels": {"OTHER": "#ffd400"}}}
UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")


class Drawer(Annotator):
    """A person who draws: all places are in pixels of the original picture."""

    @property
    def canvas(self):
        return self.page.locator(".pf-canvas")

    def press(self, *keys):
        for key in keys:
            super().press(key)
            if not self.page.locator(".pf-done").count():
                self.ready()

    def ready(self):
        super().ready()
        expect(self.page.locator(".pf-canvas-picture img, .pf-picture-broken, .pf-cannot")).to_be_visible()
        self.frame()

    def frame(self):
        """Wait until what was done is painted."""
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def place(self, x, y):
        """Where a pixel of the picture is on the screen."""
        left, top, scale = self.page.locator(".pf-canvas-picture img").evaluate(
            "image => (({x, y, width}) => [x, y, width / image.naturalWidth])(image.getBoundingClientRect())"
        )
        return left + x * scale, top + y * scale

    def drag(self, *way, steps=6, hold=None):
        mouse = self.page.mouse
        mouse.move(*self.place(*way[0]))
        if hold:
            self.page.keyboard.down(hold)
        mouse.down()
        for point in way[1:]:
            mouse.move(*self.place(*point), steps=steps)
        mouse.up()
        if hold:
            self.page.keyboard.up(hold)
        self.frame()

    def click(self, *at, **options):
        self.page.mouse.click(*self.place(*at), **options)
        self.frame()

    def keys(self, *names):
        for name in names:
            self.page.keyboard.press(name)
        self.frame()

    def rows(self):
        return self.page.locator(".pf-shape-row")

    def sizes(self):
        return self.page.locator(".pf-shape-size").all_inner_texts()


def photo(path: Path, size=(800, 600), **options) -> str:
    image = Image.new("RGB", size, "#c9d4dd")
    draw = ImageDraw.Draw(image)
    for x in range(0, size[0], max(size[0] // 8, 1)):
        draw.ellipse([x, size[1] // 4, x + size[0] // 9, size[1] // 2], "#7c94a8")
    image.save(path, **options)
    return str(path)


def with_photos(folder: Path, tasks):
    """Each task gets a picture of 800 x 600 if it has none."""
    return [
        {"image": photo(folder / f"photo-{number}.png"), "meta": {"number": number}, **task}
        for number, task in enumerate(tasks)
    ]


@pytest.fixture
def draw(serve, open_page, tmp_path):
    """Open a page on tasks."""

    def start(*tasks, config=None, page=None):
        source = write_tasks(tmp_path / "t.jsonl", with_photos(tmp_path, tasks))
        overrides = json.dumps(LABELS | (config or {}))
        server = serve(source, view_id="image_manual", PRODFLOW_CONFIG_OVERRIDES=overrides)
        return Drawer(open_page(**(page or {})), server)

    return start


@pytest.fixture(scope="module")
def plain_server(tmp_path_factory):
    """A server that asks each session the same: pictures without shapes."""
    folder = tmp_path_factory.mktemp("plain")
    source = write_tasks(folder / "t.jsonl", with_photos(folder, [{}, {}, {}]))
    overrides = json.dumps(LABELS | {"feed_overlap": True})
    options = {"PRODFLOW_CONFIG_OVERRIDES": overrides}
    with ServerProcess(folder, "mark", "set", source, "--view-id", "image_manual", **options) as server:
        yield server


@pytest.fixture
def plain(plain_server, open_page, request):
    """Open a page on pictures without shapes, as somebody new."""
    name = re.sub(r"\W", "-", request.node.name)[:40]
    return lambda **page: Drawer(open_page(**page), plain_server, name)


def near(points, expected, tolerance=1.5):
    flat = [value for point in points for value in point]
    assert flat == pytest.approx([value for point in expected for value in point], abs=tolerance)


def test_boxes_are_stored_with_every_measure(plain):
    drawer = plain()
    selected = hear_spans(drawer.page)
    drawer.drag((100, 100), (300, 250))
    drawer.keys("2")
    drawer.drag((700, 500), (500, 400))
    drawer.keys("3")
    drawer.click(40, 40)
    drawer.click(90, 80)
    drawer.drag((760, 560), (900, 700))
    drawer.click(200, 175)
    heard = selected()
    drawer.press("a")

    [answer] = drawer.stored()
    first, second, third, cut = answer["spans"]
    assert (answer["width"], answer["height"]) == (800, 600)
    assert [span["label"] for span in answer["spans"]] == ["CELL", "NUCLEUS", "OTHER", "OTHER"]
    assert {span["type"] for span in answer["spans"]} == {"rect"}
    assert all(UUID.fullmatch(span["id"]) for span in answer["spans"])
    assert (first["color"], third["color"]) == ("#b3261e", "#ffd400")
    near(first["points"], [[100, 100], [100, 250], [300, 250], [300, 100]])
    assert heard == [first]
    near(second["points"], [[500, 400], [500, 500], [700, 500], [700, 400]])
    near(third["points"], [[40, 40], [40, 80], [90, 80], [90, 40]])
    assert (cut["points"][2], cut["x"] + cut["width"]) == ([800, 600], 800), "drawing ends at the picture's edge"
    for span in answer["spans"]:
        left, top = span["points"][0]
        assert (span["x"], span["y"]) == (left, top)
        assert [left + span["width"] / 2, top + span["height"] / 2] == pytest.approx(span["center"])
        assert all(value == round(value, 1) for point in span["points"] for value in point)


def test_polygons_by_clicks_and_lines_by_hand(plain):
    drawer = plain()
    corners = [(100, 100), (300, 120), (320, 300), (120, 280)]
    drawer.keys("p")
    for corner in corners:
        drawer.click(*corner)
    drawer.click(100, 100)
    for x, y in corners[:3]:
        drawer.click(x + 300, y + 200)
    drawer.page.mouse.dblclick(*drawer.place(420, 480))
    for x, y in corners[:3]:
        drawer.click(x + 400, y)
    drawer.keys("Enter")
    drawer.drag((20, 400), (120, 400))
    drawer.click(70, 550)
    drawer.click(20, 300)
    drawer.keys("Backspace", "Enter", "h")
    drawer.drag((600, 400), (700, 380), (760, 450), (700, 560), (610, 520), steps=25)
    drawer.press("a")
    drawer.keys("p")
    for corner in corners:
        drawer.click(*corner)
    drawer.press("a")

    first, second = (answer["spans"] for answer in drawer.stored())
    assert [span["type"] for span in first] == ["polygon"] * 4 + ["freehand"]
    near(first[0]["points"], corners)
    near(first[1]["points"], [(400, 300), (600, 320), (620, 500), (420, 480)])
    near(first[2]["points"], [(500, 100), (700, 120), (720, 300)])
    near(first[3]["points"], [(20, 400), (120, 400), (70, 550)])
    assert 4 <= len(first[4]["points"]) <= 12, "a line drawn by hand is stored with few points"
    assert all("x" not in span for span in first)
    near(second[0]["points"], corners)


def test_a_shape_is_moved_resized_relabelled_duplicated_and_deleted(plain):
    drawer = plain()
    drawer.drag((100, 100), (300, 250))
    drawer.click(200, 170)
    expect(drawer.page.locator(".pf-canvas-handle")).to_have_count(8)
    drawer.drag((200, 170), (250, 220))
    drawer.drag((350, 300), (450, 400))
    drawer.drag((150, 275), (100, 275))
    drawer.keys("2", "Control+d")
    drawer.drag((300, 300), (700, 420))
    drawer.keys("Escape")
    drawer.drag((10, 10), (60, 60))
    drawer.click(30, 30)
    drawer.keys("Delete")
    drawer.press("a")

    spans = drawer.stored()[0]["spans"]
    assert [span["label"] for span in spans] == ["NUCLEUS", "NUCLEUS"]
    near(spans[0]["points"], [[100, 150], [100, 400], [450, 400], [450, 150]], 3)
    assert spans[1]["id"] != spans[0]["id"]
    assert (spans[1]["width"], spans[1]["height"]) == pytest.approx((spans[0]["width"], spans[0]["height"]), abs=0.2)
    assert spans[1]["points"][2][0] == 800, "what is moved stays inside the picture"


def test_each_step_can_be_taken_back_and_then_the_answer(plain):
    drawer = plain()
    drawer.press("a")
    drawer.drag((100, 100), (300, 250))
    drawer.drag((400, 100), (500, 250))
    drawer.click(200, 170)
    drawer.keys("2")
    for expected in (2, 1):
        drawer.keys("Control+z")
        expect(drawer.rows()).to_have_count(expected)
    drawer.keys("Control+Shift+z")
    expect(drawer.rows()).to_have_count(2)
    drawer.keys("Control+z", "Control+z")
    expect(drawer.rows()).to_have_count(0)
    expect(drawer.history).to_have_count(1)

    drawer.keys("Control+z")
    expect(drawer.history).to_have_count(0)
    expect(drawer.page.locator(".pf-meta")).to_contain_text("0")


def test_points_of_a_polygon_are_moved_added_and_deleted(plain):
    drawer = plain()
    drawer.keys("p")
    for corner in ((200, 200), (400, 200), (400, 400), (200, 400)):
        drawer.click(*corner)
    drawer.keys("Enter")
    drawer.click(300, 300)
    drawer.drag((400, 400), (500, 450))
    drawer.drag((300, 200), (300, 120))
    drawer.click(200, 400)
    drawer.keys("Delete")
    drawer.keys("v", "n", "ArrowRight")
    drawer.press("a")

    [span] = drawer.stored()[0]["spans"]
    near(span["points"], [[200, 200], [251, 160], [300, 120], [400, 200], [500, 450]], 2.5)


def test_a_box_is_drawn_and_changed_by_keys_alone(plain):
    drawer = plain()
    drawer.canvas.focus()
    drawer.keys("ArrowLeft", "Enter", *["Alt+ArrowRight"] * 30, *["ArrowDown"] * 3, "Enter")
    [size] = drawer.sizes()
    drawer.keys("[", *["ArrowRight"] * 5, "Shift+ArrowUp", "Alt+ArrowRight", "Control+Shift+ArrowUp", "2", "Escape")
    drawer.keys("p", "Enter", "Enter", "Shift+ArrowRight", "Enter", "Shift+ArrowDown", "Enter", "Enter")
    expect(drawer.rows()).to_have_count(2)
    drawer.press("a")

    box, polygon = drawer.stored()[0]["spans"]
    width, height = map(int, size.split(" × "))
    assert (width, box["label"]) == (30, "NUCLEUS")
    assert (box["x"], box["y"]) == (405, 300 - 10 - 10)
    assert (box["width"], box["height"]) == (31, height + 10)
    assert (polygon["type"], len(polygon["points"])) == ("polygon", 3)


def test_tab_goes_through_the_shapes_and_on(plain):
    drawer = plain()
    for x in (50, 200, 350):
        drawer.drag((x, 100), (x + 80, 180))
    selected = drawer.page.locator(".pf-shape-row[data-selected=true]")
    drawer.canvas.blur()
    drawer.canvas.focus()
    drawer.keys("Tab", "Tab")
    expect(drawer.rows().nth(1)).to_have_attribute("data-selected", "true")
    drawer.keys("Tab", "Tab")
    expect(drawer.canvas).not_to_be_focused()
    expect(selected).to_have_count(0)

    drawer.rows().nth(0).locator(".pf-shape-pick").focus()
    drawer.keys("ArrowDown", "Delete")
    expect(drawer.rows()).to_have_count(2)
    drawer.keys("Enter")
    expect(drawer.canvas).to_be_focused()
    drawer.keys("ArrowRight", "]", "Escape", "Tab")
    expect(drawer.canvas).not_to_be_focused()
    drawer.press("a")

    assert [span["x"] for span in drawer.stored()[0]["spans"]] == pytest.approx([50, 351], abs=1.5)


def test_zoomed_and_moved_pictures_give_the_same_pixels(plain):
    drawer = plain()
    # Wheels are told in whole pixels of the screen.
    at = tuple(map(round, drawer.place(600, 150)))
    left, top = drawer.place(0, 0)
    pixel = drawer.place(1, 0)[0] - left
    under = (at[0] - left) / pixel, (at[1] - top) / pixel
    drawer.page.mouse.move(*at)
    for _ in range(8):
        drawer.page.mouse.wheel(0, -150)
    drawer.frame()
    assert drawer.place(*under) == pytest.approx(at, abs=0.5), "what is under the pointer stays there"
    scale = drawer.place(601, 150)[0] - drawer.place(600, 150)[0]
    drawer.drag((580, 140), (620, 170))

    before = drawer.place(600, 150)
    drawer.page.keyboard.down("Space")
    drawer.page.mouse.move(*before)
    drawer.page.mouse.down()
    drawer.page.mouse.move(before[0] - 120, before[1] + 40, steps=4)
    drawer.page.mouse.up()
    drawer.page.keyboard.up("Space")
    drawer.frame()
    assert drawer.place(600, 150) == pytest.approx((before[0] - 120, before[1] + 40), abs=1)
    drawer.page.mouse.down(button="middle")
    drawer.page.mouse.move(before[0] - 60, before[1] + 40, steps=4)
    drawer.page.mouse.up(button="middle")
    drawer.drag((630, 160), (660, 180))
    expect(drawer.rows()).to_have_count(2)
    width = drawer.page.locator(".pf-canvas-selected .pf-canvas-line").evaluate(
        "line => getComputedStyle(line).strokeWidth"
    )
    drawer.keys("0")
    assert drawer.place(0, 0)[1] >= drawer.canvas.bounding_box()["y"]
    drawer.keys("+", "-")
    drawer.press("Space")

    [answer] = drawer.stored()
    assert scale > 3 and width == "2.4px"
    assert answer["answer"] == "ignore"
    near(answer["spans"][0]["points"], [[580, 140], [580, 170], [620, 170], [620, 140]], 0.6)
    near(answer["spans"][1]["points"], [[630, 160], [630, 180], [660, 180], [660, 160]], 0.6)


class Fingers:
    """Touches as a screen sends them."""

    def __init__(self, drawer):
        self.session = drawer.page.context.new_cdp_session(drawer.page)

    def send(self, kind, *points):
        touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def go(self, *ways, steps=8):
        """Each way is where a finger starts and where it ends."""
        self.send("touchStart", *(start for start, _ in ways))
        for step in range(1, steps + 1):
            share = step / steps
            places = [(a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share) for a, b in ways]
            self.send("touchMove", *places)
        self.send("touchEnd")


def test_one_finger_draws_and_two_move_the_picture(plain):
    drawer = plain(**PHONE)
    fingers = Fingers(drawer)
    fingers.go((drawer.place(100, 100), drawer.place(500, 300)))
    drawer.frame()
    expect(drawer.page.locator(".pf-draw-count")).to_have_text("1")
    (left, y), (right, _) = drawer.place(300, 300), drawer.place(500, 300)
    fingers.go(((left, y), (left - 60, y)), ((right, y), (right + 60, y)))
    drawer.frame()
    assert drawer.place(500, 300)[0] - drawer.place(300, 300)[0] > (right - left) * 1.8
    expect(drawer.page.locator(".pf-draw-count")).to_have_text("1")
    drawer.page.touchscreen.tap(*drawer.place(400, 250))
    drawer.page.get_by_role("button", name="Duplicate").tap()
    drawer.page.get_by_role("button", name="Delete", exact=True).tap()
    expect(drawer.page.locator(".pf-draw-count")).to_have_text("1")
    drawer.page.get_by_role("radio", name="Polygon").tap()
    for at in ((300, 350), (500, 350), (400, 420)):
        drawer.page.touchscreen.tap(*drawer.place(*at))
    drawer.page.get_by_role("button", name="Close shape").tap()
    expect(drawer.history).to_have_count(0)
    drawer.button("Accept").tap()
    expect(drawer.history).to_have_count(1)

    box, polygon = drawer.stored()[0]["spans"]
    near(box["points"], [[100, 100], [100, 300], [500, 300], [500, 100]], 3)
    near(polygon["points"], [[300, 350], [500, 350], [400, 420]], 3)


GIVEN = [
    {"label": "CELL", "points": [[100.25, 100], [100.25, 200], [200, 200], [200, 100]], "score": 0.5},
    {"label": "CELL", "x": 300, "y": 100, "width": 100, "height": 50, "source": "model"},
    {
        "id": "mine",
        "label": "NUCLEUS",
        "type": "polygon",
        "points": [[500, 100], [600, 100], [550, 200]],
        "color": "teal",
    },
    {"label": "UNKNOWN", "type": "freehand", "points": [[500, 300], [600, 300], [550, 400], [520, 350]]},
]


def test_shapes_that_come_stay_as_they_are_until_they_are_changed(draw):
    drawer = draw({"spans": GIVEN}, {"spans": GIVEN})
    expect(drawer.canvas).to_have_attribute("data-shown", "4")
    drawer.press("a")
    drawer.click(150, 150)
    drawer.keys("ArrowRight")
    drawer.press("a")

    untouched, changed = (answer["spans"] for answer in drawer.stored())
    assert untouched == GIVEN
    assert changed[0]["score"] == 0.5 and changed[1]["source"] == "model"
    assert (changed[0]["x"], changed[0]["type"]) == (101.3, "rect")
    assert changed[1]["points"] == [[300, 100], [300, 150], [400, 150], [400, 100]]
    assert (changed[2]["id"], changed[2]["color"], changed[2]["points"]) == ("mine", "teal", GIVEN[2]["points"])
    assert changed[3]["points"] == GIVEN[3]["points"]
    assert len({span["id"] for span in changed}) == 4


def test_a_recipe_may_change_the_shapes_that_are_drawn(plain):
    drawer = plain()
    drawer.drag((100, 100), (300, 250))
    drawer.click(200, 170)
    drawer.page.evaluate("spans => window.prodigy.update({ spans })", GIVEN[:2])
    expect(drawer.rows()).to_have_count(2)
    drawer.drag((500, 300), (600, 400))
    drawer.keys("Control+z")
    drawer.press("a")

    assert drawer.stored()[0]["spans"] == GIVEN[:2]


def test_shapes_beyond_the_picture_are_named_and_never_lost(draw):
    spans = [
        {"label": "FAR", "x": 5000, "y": 20, "width": 50, "height": 50},
        {"label": "HALF", "x": 700, "y": 500, "width": 300, "height": 300},
        {"label": "FLAT", "x": 100, "y": 100, "width": 0, "height": 40},
        {"label": "TEXT", "start": 0, "end": 4},
        "nonsense",
    ]
    drawer = draw({"spans": spans}, {"spans": spans}, config={"validate": False})
    notices = drawer.page.locator(".pf-draw-notices")
    for words in (
        "Outside the picture and not shown: FAR (5000, 20)",
        "Reaches beyond the picture: HALF",
        "Has no area: FLAT",
    ):
        expect(notices).to_contain_text(words)
    expect(notices).to_contain_text("Cannot be read and is not shown: TEXT, no label")
    expect(drawer.canvas).to_have_attribute("data-shown", "2")
    drawer.press("a")
    drawer.click(750, 550)
    drawer.keys("ArrowLeft")
    expect(notices).not_to_contain_text("HALF")
    drawer.rows().filter(has_text="FAR").hover()
    drawer.page.get_by_role("button", name="Delete FAR, Box").click()
    drawer.press("a")

    untouched, changed = (answer["spans"] for answer in drawer.stored())
    assert untouched == spans
    half, flat, text, nonsense = changed
    assert (half["x"], half["width"], half["height"]) == (699, 100, 100)
    assert flat["width"] == 0
    assert (text, nonsense) == (spans[3], "nonsense")


def test_a_photo_turned_by_its_camera_is_annotated_upright(draw, tmp_path):
    from prodflow.models.image_decode import decode_image

    exif = Image.Exif()
    exif[0x0112] = 6
    upright = Image.new("RGB", (300, 500), "white")
    ImageDraw.Draw(upright).rectangle([30, 50, 90, 150], "black")
    upright.rotate(90, expand=True).save(tmp_path / "turned.jpg", exif=exif, quality=95)
    drawer = draw({"image": str(tmp_path / "turned.jpg")})
    drawer.drag((30, 50), (90, 150))
    drawer.press("a")

    [answer] = drawer.stored()
    assert (answer["width"], answer["height"]) == (300, 500)
    near(answer["spans"][0]["points"], [[30, 50], [30, 150], [90, 150], [90, 50]])
    pixels = decode_image(str(tmp_path / "turned.jpg"), size=100)
    dark = (pixels.mean(axis=2) < 128).nonzero()
    assert dark[1].min() * 3 == pytest.approx(30, abs=6) and dark[0].max() * 5 == pytest.approx(150, abs=10)


def test_what_is_wrong_with_task_and_recipe_is_said(draw, tmp_path):
    wrong = {"labels": ["CELL", "", "NUCLEUS"], "keymap_by_label": {"CELL": "q", "NUCLEUS": "Q"}}
    wrong |= {"image_manual_modes": ["circle", "polygon"], "image_manual_stroke_width": 1e6, "darken_image": 7}
    missing = str(tmp_path / "later.png")
    drawer = draw(
        {"config": wrong, "width": 80, "height": 60},
        {"image": missing},
        {"config": {"labels": []}},
        {"spans": "all"},
        {},
        config={"validate": False},
    )
    notices = drawer.page.locator(".pf-draw-notices")
    expect(notices).to_contain_text("Two labels ask for the key Q: “CELL” gets it, “NUCLEUS” does not")
    expect(notices).to_contain_text("1 label without a name is left out")
    expect(notices).to_contain_text("what is not known: circle")
    expect(notices).to_contain_text("a picture of 80 × 60 pixels, this one has 800 × 600")
    expect(drawer.page.get_by_role("radio", name="Polygon")).to_be_checked()
    stroke = drawer.canvas.evaluate("canvas => getComputedStyle(canvas).getPropertyValue('--stroke')")
    assert stroke == "24px"
    notices.get_by_role("button").first.click()
    expect(notices).not_to_contain_text("80 × 60")
    drawer.press("Space")
    expect(drawer.card).to_contain_text("This picture cannot be shown")
    photo(tmp_path / "later.png")
    drawer.page.get_by_role("button", name="Load again").click()
    drawer.ready()
    drawer.press("r")
    drawer.drag((10, 10), (50, 50))
    drawer.press("a")
    expect(drawer.card).to_contain_text("needs “labels”")
    drawer.press("Space")
    expect(drawer.card).to_contain_text("no list of shapes")
    drawer.press("Space", "x")

    answers = drawer.stored()
    assert [answer["answer"] for answer in answers] == ["ignore", "accept", "ignore", "ignore", "reject"]
    assert len(answers[1]["spans"]) == 1 and answers[3]["spans"] == "all"


def test_an_answer_takes_an_open_polygon_along_and_can_be_changed_after_a_reload(plain):
    drawer = plain()
    drawer.keys("p")
    for corner in ((100, 100), (300, 120), (320, 300)):
        drawer.click(*corner)
    drawer.button("Accept").click()
    drawer.saved()
    drawer.page.reload()
    drawer.ready()
    drawer.history.first.click()
    expect(drawer.canvas).to_have_attribute("data-shown", "1")
    drawer.keys("r")
    drawer.drag((500, 500), (600, 550))
    drawer.page.keyboard.press("x")
    expect(drawer.page.locator(".pf-entry .pf-badge-reject")).to_be_visible()

    [answer] = drawer.stored()
    assert (answer["answer"], [span["type"] for span in answer["spans"]]) == ("reject", ["polygon", "rect"])


def test_a_huge_picture_with_500_boxes_stays_quick(draw, tmp_path):
    Image.new("1", (12_000, 9_000), 1).save(tmp_path / "huge.png")
    spans = [
        {"label": "CELL", "x": 400 * (n % 25) + 100, "y": 400 * (n // 25) + 100, "width": 250, "height": 250}
        for n in range(500)
    ]
    drawer = draw({"image": str(tmp_path / "huge.png"), "spans": spans})
    expect(drawer.canvas).to_have_attribute("data-shown", "500", timeout=20_000)
    drawer.page.mouse.move(*drawer.place(1025, 1025))
    for _ in range(10):
        drawer.page.mouse.wheel(0, -200)
    drawer.frame()
    drawer.click(1025, 1025)
    drawer.drag((1025, 1025), (1100, 1100))
    drawer.press("a")

    answer = drawer.stored()[0]
    assert (answer["width"], answer["height"], len(answer["spans"])) == (12_000, 9_000, 500)
    moved = answer["spans"][52]
    assert (moved["x"], moved["y"]) == pytest.approx((975, 975), abs=3)


@pytest.mark.parametrize(("scheme", "options"), [("light", {}), ("dark", PHONE)])
def test_axe_finds_nothing(plain, scheme, options):
    drawer = plain(color_scheme=scheme, **options)
    check(drawer.page)
    for number in range(3):
        drawer.drag((100 * number + 20, 100), (100 * number + 90, 180))
    drawer.keys("3", "]")
    if options:
        drawer.page.get_by_role("button", name="List of shapes").tap()
    expect(drawer.rows()).to_have_count(3)
    check(drawer.page)
