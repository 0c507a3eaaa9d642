"""What an earlier run could not send is told in the window until the person has read it."""

from retina_studio.gui.app import recovered_words
from retina_studio.study.sending import Sent


def test_recovered_edits_are_told_until_they_are_put_away(window, full_study):
    full_study.sent = Sent(3)
    window.banner.notice = recovered_words(full_study)
    window.banner.show_state()
    assert window.banner.text.text().startswith("Recovered 3 edits")
    assert window.banner.isVisible()
    window.banner.button.click()
    assert not window.banner.isVisible()


def test_nothing_is_told_where_nothing_waited(full_study):
    assert recovered_words(full_study) == ""
    assert Sent().sentence == ""
    assert Sent(1).sentence.startswith("Recovered 1 edit that")
