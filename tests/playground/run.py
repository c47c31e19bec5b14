#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Tests the page that tools/playground has built: `run.py build-playground`. Ends with "N passed, N failed"."""
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.abspath(sys.argv[1])
PAGE = os.path.join(BUILD, 'playground.html')
NATIVE = os.path.join(BUILD, 'native', 'playground')


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, encoding='utf-8', timeout=300).stdout


def native(*arguments):
    return output(NATIVE, *[str(argument) for argument in arguments])


# ---- without a browser ------------------------------------------------------------------------------------------------------

def test_size():
    assert os.path.getsize(PAGE) <= 1_500_000, os.path.getsize(PAGE)


def test_page_needs_no_other_file():
    with open(PAGE, encoding='utf-8') as file:
        page = re.sub(r'<script type="application/gzip".*?</script>', '', file.read(), flags=re.S)
    assert not re.search(r'(src|href)="(?!data:|https://doi\.org/)', page)
    assert not re.search(r'fetch\(|XMLHttpRequest|import\(', page)


def test_topologies():
    count = native('check').count('\n')
    assert count % 4 == 0 and count // 4 >= (6 if 'small' in BUILD else 40), count


def test_bits_of_the_module_with_registers():
    assert output('node', os.path.join(HERE, 'bits.js'), os.path.join(BUILD, 'simd', 'playground.wasm')) == native('check')


def test_bits_of_the_module_without():
    assert output('node', os.path.join(HERE, 'bits.js'), os.path.join(BUILD, 'scalar', 'playground.wasm')) == native('check')


def compiled_header(text, name):
    """An exported header, compiled natively."""
    path = os.path.join(BUILD, name + '.hpp')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    program = os.path.join(BUILD, name)
    output('g++', '-std=c++20', '-O0', '-I', os.path.join(ROOT, 'include'), '-isystem', os.path.join(BUILD, 'third_party'),
           f'-DINCLUDED="{path}"', '-DMODEL=' + re.search(r'^namespace (\w+)', text, re.M)[1], os.path.join(HERE, 'header.cpp'),
           '-lz', '-o', program)
    assert output(program, path) == 'the same\n'


# ---- in Chromium --------------------------------------------------------------------------------------------------------------

class Browser:
    def __init__(self):
        from selenium import webdriver
        from selenium.webdriver.chrome.options import Options
        from selenium.webdriver.chrome.service import Service
        options = Options()
        for argument in ['--headless=new', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--window-size=1280,1000']:
            options.add_argument(argument)
        options.set_capability('goog:loggingPrefs', {'browser': 'ALL'})
        self.driver = webdriver.Chrome(service=Service(shutil.which('chromedriver')), options=options)

    def open(self, fragment='', query=''):
        self.driver.get('about:blank')
        self.driver.get('file://' + PAGE + query + '#' + fragment)
        return self.wait('document.body.dataset.ready && JSON.parse(document.body.dataset.ready)')

    def js(self, code):
        return self.driver.execute_script('return ' + code)

    def wait(self, code, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = self.js(code)
            if value:
                return value
            time.sleep(0.03)
        raise AssertionError('never: ' + code)

    def click(self, name):
        self.driver.find_element('id', name).click()

    def choose(self, name, value):
        self.driver.find_element('css selector', f'#{name} option[value="{value}"]').click()

    def slide(self, name, value):
        self.js(f'(e => {{ e.value = {value}; e.dispatchEvent(new Event("input")); }})(document.getElementById("{name}"))')

    def texts(self, name):
        return self.driver.find_element('id', name).text

    def errors(self):
        return [entry['message'] for entry in self.driver.get_log('browser') if entry['level'] == 'SEVERE']


def test_bits_in_the_browser(b):
    b.open()
    count = b.js('page.nets.length')
    lines = b.js(f'[...Array({count} * 4).keys()].map(i => `${{i >> 2}} ${{i % 4}} ${{page.wasm.check(i >> 2, i % 4) >>> 0}}`)')
    assert lines == native('check').split('\n')[:-1]


def test_a_link_repeats_a_run(b):
    net = b.open()['steps'] or b.js('page.nets.indexOf("6,6")')
    expected = int(native('run', net, 0, 5, 5000, 3).split('\n')[0])
    for query in ['', '?module=scalar']:
        ready = b.open('net=6,6&seed=5&steps=5000', query)
        assert ready['bits'] == expected and ready['steps'] == 5000, (ready, expected)


def test_a_run_gives_a_link_that_repeats_it(b):
    b.open('net=3,3&data=1&noise=10')
    b.click('run')
    b.wait('page.done() > 200')
    b.choose('rate', 0.1)
    b.wait('page.done() > 700')
    b.choose('opt', 2)
    b.wait('page.done() > 1000')
    b.click('run')
    bits, link, steps = b.js('page.bits()'), b.js('page.url()'), b.js('page.done()')
    assert 'then=' in link and 'rate' in link and 'opt' in link, link
    ready = b.open(link.split('#')[1])
    assert (ready['bits'], ready['steps']) == (bits, steps), link


def test_run_pause_step_reset(b):
    b.open()
    assert b.js('page.done()') == 0
    b.click('step')
    b.click('step')
    assert b.js('page.done()') == 2
    b.click('run')
    b.wait('page.done() > 100')
    assert b.texts('run') == 'Pause'
    b.click('run')
    steps = b.js('page.done()')
    time.sleep(0.2)
    assert b.js('page.done()') == steps and b.texts('run') == 'Run'
    b.click('reset')
    assert b.js('page.done()') == 0


def test_keys(b):
    from selenium.webdriver.common.keys import Keys
    b.open()
    body = b.driver.find_element('tag name', 'body')
    body.send_keys('s')
    assert b.js('page.done()') == 1
    body.send_keys(Keys.SPACE)
    b.wait('page.done() > 50')
    body.send_keys(Keys.SPACE)
    body.send_keys('r')
    assert b.js('page.done()') == 0
    tab = b.driver.find_element('id', 'tab-plane')
    tab.send_keys(Keys.ARROW_RIGHT)
    assert b.driver.find_element('id', 'pad').is_displayed()


def test_every_setting(b):
    """Each changes what is computed: 200 steps end in other bits than with the first settings; and is in the URL."""
    base = b.open('steps=200')['bits']
    for name, value in [('data', 1), ('data', 2), ('act', 1), ('act', 2), ('act', 3), ('opt', 1), ('opt', 2), ('rate', 0.1), ('l1', 0.01),
                        ('l2', 0.01)]:
        b.open()
        b.choose(name, value)
        assert f'{name}={value}' in b.js('page.url()') or b.js('page.url()').count('then='), (name, b.js('page.url()'))
        for _ in range(3):
            b.click('step')
        b.open(b.js('page.url()').split('#')[1].replace('steps=3', 'steps=200'))
        assert b.js('page.bits()') != base and b.js('page.done()') == 200, (name, value)
    for name, value in [('noise', 30), ('share', 70), ('batch', 3)]:
        b.open()
        b.slide(name, value)
        assert f'{name}={value}' in b.js('page.url()'), name
        assert b.open(b.js('page.url()').split('#')[1] + '&steps=200')['bits'] != base, name
    for feature in range(7):
        b.open()
        b.click(f'f{feature}')
        assert b.js('page.state().features') == 127 - (1 << feature)
        assert b.open(b.js('page.url()').split('#')[1] + '&steps=200')['bits'] != base, feature


def test_every_net_can_be_chosen(b):
    b.open()
    seen = set()
    for depth in range(5):
        if depth not in b.js('[...document.getElementById("depth").options].map(o => +o.value)'):
            continue
        b.choose('depth', depth)
        for net in b.js('[...document.getElementById("net").options].map(o => o.value)'):
            b.choose('net', net)
            b.click('step')
            units = [int(n) for n in net.split(',')] if net != '0' else []
            sizes = [7, *units, 1]
            count = sum((sizes[i] + 1) * sizes[i + 1] for i in range(len(sizes) - 1))
            assert f'{count} parameters' in b.texts('facts'), net
            seen.add(net)
    assert seen == set(b.js('page.nets'))


def test_presets_show_what_they_name(b):
    def after(name, steps):
        b.open()
        b.choose('preset', name)
        b.js(f'(() => {{ for (let i = 0; i < 1; ++i) location.hash = page.url().split("#")[1] + "&steps={steps}"; }})()')
        b.wait(f'page.done() === {steps}')
        return ' '.join(b.js('page.findings()'))
    assert 'Vanishing gradients' in after('vanishing gradients: four sigmoid layers', 2000)
    assert 'Dead units' in after('dead units: relu, rate 1', 500)
    assert 'learning rate' in after('a rate that is too large', 500) or 'Saturated' in after('a rate that is too large', 500)
    assert after('spiral, one layer of 6', 500) == ''
    b.choose('preset', 'step: what the compiler says')
    assert 'does not compile' in b.texts('diagnosis')


def test_twenty_seeds(b):
    b.open()
    b.click('seeds')
    one, narrow, two = b.wait('page.medians', 60)
    # As examples/04_spiral: within 2.5 of PyTorch's medians.
    for ours, reference in [(one, .091), (narrow, .293), (two, .063)]:
        assert reference / 2.5 < ours < reference * 2.5, (one, narrow, two)
    assert '20' in b.texts('seeds-section') or 'Twenty' in b.texts('seeds-section')


def test_frames(b):
    b.open('net=6,6')
    b.click('run')
    b.wait('page.works.length > 120', 60)
    b.click('run')
    work, between = statistics.median(b.js('page.works')), statistics.median(b.js('page.frames'))
    print(f'    {work:.1f} ms of work a frame, {between:.1f} ms between frames; {b.texts("pace")} steps a second')
    assert work < 16


def test_export(b):
    b.open('net=3,3&act=1&steps=800&seed=4')
    b.click('export')
    text = b.js('page.downloaded')
    assert 'dense<3>' in text and 'relu' in text and '800 steps, seed 4' in text
    compiled_header(text, 'playground_net')


def test_digits(b):
    from selenium.webdriver import ActionChains
    b.open('tab=digits')
    b.click('d-run')
    b.wait('page.wasm.digits_done() > 1500', 60)
    b.click('d-run')
    accuracy = b.js('page.wasm.digits_accuracy()')
    assert accuracy > 0.95, accuracy
    right = 0
    for _ in range(20):
        b.click('d-next')
        right += b.texts('answer') == str(b.js('page.d.truth'))
    assert right >= 18, right
    b.click('d-clear')
    assert b.texts('answer') == '–'
    pad = b.driver.find_element('id', 'pad')
    size = pad.size['width']
    ActionChains(b.driver, duration=20).move_to_element_with_offset(pad, 0, -int(size * .4)).click_and_hold() \
        .move_by_offset(0, int(size * .8)).release().perform()
    assert b.texts('answer') == '1', b.texts('answer')
    b.click('d-export')
    compiled_header(b.js('page.downloaded'), 'playground_digits')
    b.click('d-reset')
    assert b.js('page.wasm.digits_done()') == 0


def test_bits_of_the_digits(b):
    b.open()
    lines = native('digits', os.path.join(BUILD, 'digits.bin'), 9, 300).split('\n')
    assert b.js('(page.wasm.digits_begin(9, 0.003), page.wasm.digits_steps(300), page.wasm.digits_bits() >>> 0)') == int(lines[0])


def test_narrow_and_themes(b):
    for width, theme in [(360, 'light'), (360, 'dark'), (1280, 'light'), (1280, 'dark')]:
        b.driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {'width': width, 'height': 900, 'deviceScaleFactor': 1, 'mobile': width < 500})
        for tab in ['plane', 'digits']:
            b.open(f'steps=500&tab={tab}', '?theme=' + theme)
            assert b.js('document.documentElement.scrollWidth') <= width, (width, tab, b.js('document.documentElement.scrollWidth'))
            b.driver.save_screenshot(os.path.join(BUILD, f'{tab}-{width}-{theme}.png'))
    b.driver.execute_cdp_cmd('Emulation.clearDeviceMetricsOverride', {})


def test_touch(b):
    b.open('tab=digits')
    b.driver.execute_cdp_cmd('Emulation.setTouchEmulationEnabled', {'enabled': True})
    box = b.js('(r => [r.left, r.top, r.width])(document.getElementById("pad").getBoundingClientRect())')
    point = lambda y: [{'x': box[0] + box[2] / 2, 'y': box[1] + box[2] * y}]
    b.driver.execute_cdp_cmd('Input.dispatchTouchEvent', {'type': 'touchStart', 'touchPoints': point(.1)})
    for step in range(1, 9):
        b.driver.execute_cdp_cmd('Input.dispatchTouchEvent', {'type': 'touchMove', 'touchPoints': point(.1 + step / 10)})
    b.driver.execute_cdp_cmd('Input.dispatchTouchEvent', {'type': 'touchEnd', 'touchPoints': []})
    assert b.js('page.d.strokes.length') == 1 and b.js('page.d.strokes[0].length') > 3
    b.driver.execute_cdp_cmd('Emulation.setTouchEmulationEnabled', {'enabled': False})


def main():
    tests = [(name[5:], test) for name, test in globals().items() if name.startswith('test_')]
    browser = None
    if shutil.which('chromedriver'):
        try:
            browser = Browser()
        except Exception as problem: # no selenium, no Chromium
            print('no browser:', str(problem).split('\n')[0])
    results = []
    for name, test in tests:
        needs = test.__code__.co_argcount
        if needs and not browser:
            print(f'skipped {name}: Chromium, chromedriver or selenium not found')
            continue
        start = time.monotonic()
        try:
            test(*([browser] if needs else []))
            if needs:
                errors = browser.errors()
                assert not errors, errors
            good = True
        except Exception:
            good = False
            traceback.print_exc()
        results.append({'name': 'playground / ' + name, 'result': 'OK' if good else 'FAIL'})
        print(f'{"passed" if good else "FAILED"} {name} ({time.monotonic() - start:.1f} s)', flush=True)
    if browser:
        browser.driver.quit()
    os.makedirs(os.path.join(BUILD, 'meson-logs'), exist_ok=True)
    with open(os.path.join(BUILD, 'meson-logs', 'testlog.json'), 'w', encoding='utf-8') as log: # for tools/count.py
        log.writelines(json.dumps(result) + '\n' for result in results)
    failed = sum(result['result'] == 'FAIL' for result in results)
    print(f'{len(results) - failed} passed, {failed} failed')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
