"""What mails say, by key: no name of a child, no illness, no clinical word."""

from django.utils.translation import gettext_lazy as _

from secondopinion.messaging.owners import OF_OWNERS
from secondopinion.messaging.template import OF_ACCOUNTS, Template

_READ = _("Sign in to read it.")


TEMPLATES: dict[str, Template] = {
    **OF_ACCOUNTS,
    **OF_OWNERS,
    "request-received": Template(
        _("We have your request %(reference)s"),
        (
            _("Thank you. Your request has arrived, and nothing is lost."),
            _("A member of our team will look at it and write to you."),
        ),
    ),
    "entered-for-you": Template(
        _("Your request %(reference)s waits for you"),
        (
            _("You have asked %(hospital)s for a second opinion, and we have written it down."),
            _("Open the link and take the request over: from then on it is yours. It works once."),
            _("If you do not know what this is about, you need do nothing."),
        ),
        _("Sign in with this e-mail address. You need no password: we send you a code."),
        at_once=True,
    ),
    "something-is-missing": Template(
        _("We need something from you for %(reference)s"),
        (
            _("Our team has asked you for something. Your page says what it is."),
            _("We go on as soon as we have it."),
        ),
    ),
    "message-waiting": Template(
        _("You have a message about %(reference)s"),
        (_("There is something new for you."),),
        _READ,
    ),
    "news": Template(
        _("There is news about your request %(reference)s"),
        (_("Your page says what is new."),),
        _("Sign in to see it."),
    ),
    "daily": Template(
        _("What is new for you today"),
        (_("There is something new for you:"),),
    ),
    "offer-waiting": Template(
        _("A case is offered to you: %(reference)s"),
        (_("Please accept or decline it on its page."),),
    ),
    "offer-reminder": Template(
        _("An offer still waits for your answer: %(reference)s"),
        (_("Please accept or decline it on its page. Without an answer it goes to a colleague."),),
    ),
    "offer-moved-on": Template(
        _("The offer went on to the next expert: %(reference)s"),
        (_("It was declined, or not answered in time. You need do nothing."),),
    ),
    "offer-accepted": Template(
        _("A specialist has accepted %(reference)s"),
        (_("The review begins. You need do nothing."),),
    ),
    "offer-refused": Template(
        _("A specialist has declined %(reference)s"),
        (_("Why stands on the page of the case. It can be offered to somebody else now."),),
    ),
    "offer-lapsed": Template(
        _("No answer to an offer: %(reference)s"),
        (_("The offer has lapsed. The case is ready to be offered to somebody else."),),
    ),
    "case-handed-back": Template(
        _("A specialist cannot go on with %(reference)s"),
        (_("What was written is kept. Please choose another specialist on the page of the case."),),
    ),
    "review-ended": Template(
        _("You do not review %(reference)s any more"),
        (_("The intake team gives it to somebody else. What you wrote is kept."),),
        link=False,
    ),
    "another-specialist": Template(
        _("Another specialist for %(reference)s"),
        (
            _("The specialist who had your request cannot go on. We look for another one now."),
            _("Nothing that you sent is lost, and you need do nothing."),
        ),
        _READ,
    ),
    "another-answers": Template(
        _("Another specialist answers for %(reference)s"),
        (
            _("The specialist who wrote your report does not work here any more."),
            _("The report stays as it is. You can still ask: another specialist will answer."),
        ),
        _READ,
    ),
    "follow-up-left": Template(
        _("The specialist of %(reference)s has left"),
        (_("Choose another expert for the questions after the report."),),
    ),
    "follow-up-yours": Template(
        _("You answer the questions after a report: %(reference)s"),
        (_("The specialist who wrote it has left. The case is among your reviews."),),
    ),
    "provider-invited": Template(
        _("A family asks for your help: %(reference)s"),
        (
            _(
                "A family has asked %(hospital)s for a written second opinion, and has named you "
                "as the clinician who treats their child at home. They agreed that we write to you."
            ),
            _("This mail names no child and holds no health data. The page behind the link does."),
            _(
                "On that page we ask you to say whether you treat the child, and to correct what "
                "is wrong. If you have records or images, you can send them there. It takes about "
                "five minutes. Later you find the report on the same page. You may also say no. "
                "Please answer soon: the family’s request waits for it."
            ),
            _("Not sure that this mail is from us? Call us, and say the number %(reference)s."),
        ),
    ),
    "guardian-invited": Template(
        _("You are asked to join request %(reference)s"),
        (
            _("Another parent or guardian of a child has asked %(hospital)s for a second opinion."),
            _("They have named you, so that you can read and write there too."),
            _("If you do not know what this is about, you need do nothing."),
        ),
        _("Sign in with this e-mail address. You need no password: we send you a code."),
    ),
    "second-parent": Template(
        _("Do you agree to request %(reference)s?"),
        (
            _("A parent has asked %(hospital)s for a written second opinion about a child."),
            _(
                "You were named as the child’s other parent. The page behind the link says what it "
                "is about; you can agree there, or say no."
            ),
            _("If you do not know what this is about, you need do nothing."),
        ),
        writes=False,
    ),
    "comes-of-age": Template(
        _("Soon the patient decides alone: %(reference)s"),
        (
            _("The young person whom this request is about comes of age soon."),
            _(
                "From that day on they decide alone. Please let them in now, so that nothing is "
                "lost. Whether you can go on reading is theirs to say."
            ),
        ),
        _("Sign in to let them in."),
    ),
    "patient-invited": Template(
        _("You can open request %(reference)s"),
        (
            _("Your parents have asked %(hospital)s for a second opinion about your health."),
            _("When you come of age, you decide about this alone. You can read everything now."),
        ),
        _("Sign in with this e-mail address. You need no password: we send you a code."),
    ),
    "access-ended": Template(
        _("The patient of request %(reference)s is of age"),
        (
            _("From today the patient decides alone, and you cannot open this request any more."),
            _("They can let you in again on their own page. If they have none, write to us."),
        ),
        link=False,
    ),
    "fee-due": Template(
        _("The fee for %(reference)s"),
        (
            _("The fee for your request is on your page, with the ways to pay it."),
            _("If you cannot pay, write to us there. We find a way."),
        ),
        _READ,
    ),
    "fee-due-again": Template(
        _("The fee for %(reference)s"),
        (
            _("We had told you that you need not pay the fee for your request."),
            _("That has changed: your page says why, and how to pay."),
            _("If you cannot pay, write to us there. We find a way."),
        ),
        _READ,
    ),
    "rules-to-check": Template(
        _("Rules of the program ask to be checked"),
        (
            _(
                "Some rules about who may receive an opinion, or who decides for a child, were "
                "checked almost a year ago. Have them checked again; the page of the program "
                "marks them."
            ),
        ),
        _READ,
    ),
    "provider-link": Template(
        _("Your new link for %(reference)s"),
        (_("This is a new link to your page. Former links no longer work."),),
        at_once=True,
    ),
    "report-ready": Template(
        _("Your document for %(reference)s is ready"),
        (_("It is on your page."),),
        _READ,
    ),
    "report-for-provider": Template(
        _("There is a report for you: %(reference)s"),
        (
            _(
                "%(hospital)s has finished the second opinion on a child whom you treat. The "
                "family has it too."
            ),
        ),
    ),
    "report-to-hand-on": Template(
        _("There is a report for you: %(reference)s"),
        (
            _("%(hospital)s has finished the second opinion on a child whom you treat."),
            _(
                "In your country our advice goes from doctor to doctor: please read the report, "
                "talk about it with the family, and hand it on to them on your page."
            ),
        ),
    ),
    "second-reader-wanted": Template(
        _("A report needs a second reader: %(reference)s"),
        (_("Please choose one on the page of the case."),),
    ),
    "second-reading-waiting": Template(
        _("A report waits for you to read it: %(reference)s"),
        (_("You are its second reader. Please return it with comments, or countersign it."),),
    ),
    "second-reading-ended": Template(
        _("The second reader has answered: %(reference)s"),
        (_("What they say stands on the page of the report."),),
    ),
    "second-reading-late": Template(
        _("The second reading of %(reference)s is late"),
        (_("It was not ended in time. Ask the second reader, or find another one."),),
    ),
    "panel-invited": Template(
        _("You are asked to write a report together: %(reference)s"),
        (_("Please accept or decline it on its page. One of you leads and signs."),),
    ),
    "panel-reminder": Template(
        _("You are still asked to write a report together: %(reference)s"),
        (_("Please accept or decline it on its page."),),
    ),
    "panel-declined": Template(
        _("An expert does not write the report with the other: %(reference)s"),
        (_("They said no, or did not answer in time. Ask somebody else if you wish."),),
    ),
    "panel-joined": Template(
        _("An expert writes the report with you now: %(reference)s"),
        (_("Who it is stands on the page of the report. You lead it and sign it."),),
    ),
    "panel-lead": Template(
        _("You lead a report now: %(reference)s"),
        (_("What was written is kept. You finish the report and sign it."),),
    ),
    "panel-lead-passed": Template(
        _("Another expert leads a report now: %(reference)s"),
        (_("What you wrote is kept. You can go on writing; the other expert signs."),),
    ),
    "panel-verdict": Template(
        _("An expert of your panel has answered: %(reference)s"),
        (_("Whether they agree stands on the page of the report."),),
    ),
    "report-not-opened": Template(
        _("The report for %(reference)s has not been opened"),
        (_("The local provider has not opened it in time. You can send it again, or telephone."),),
    ),
    "corrected-report-ready": Template(
        _("The report for %(reference)s was corrected"),
        (_("A corrected report is on your page. Please use it instead of the earlier one."),),
        _READ,
    ),
    "corrected-report-for-provider": Template(
        _("The report for %(reference)s was corrected"),
        (
            _(
                "%(hospital)s has corrected the second opinion on a child whom you treat. The "
                "corrected report says what changed. Please use it instead of the earlier one."
            ),
        ),
    ),
    "corrected-report-to-hand-on": Template(
        _("The report for %(reference)s was corrected"),
        (
            _(
                "%(hospital)s has corrected the second opinion on a child whom you treat. The "
                "corrected report says what changed. Please use it instead of the earlier one."
            ),
            _("Please talk about it with the family, and hand it on to them on your page."),
        ),
    ),
    "report-with-provider": Template(
        _("The report for %(reference)s is with your local provider"),
        (
            _("The second opinion is finished."),
            _(
                "In your country it goes to your local provider, who talks about it with you and "
                "gives it to you. Please ask them for an appointment."
            ),
        ),
        _("Sign in to see where it stands."),
    ),
    "provider-declined": Template(
        _("Please name another doctor for %(reference)s"),
        (
            _("The local provider whom you named cannot help with this request."),
            _("We go on as soon as you have named another. Your request is kept."),
        ),
        _("Sign in to name one."),
    ),
    "answer-ready": Template(
        _("There is an answer for you: %(reference)s"),
        (_("It is on your page."),),
        _READ,
    ),
    "emergency-opened": Template(
        _("%(reference)s was opened in an emergency"),
        (
            _("A colleague without a part in this case has opened it for a limited time."),
            _("Please look at the reason on its page."),
        ),
        at_once=True,
    ),
    "referral-changed": Template(
        _("There is news about %(reference)s"),
        (_("Your page says what has changed."),),
        _("Sign in to see it."),
    ),
    "call-offered": Template(
        _("Choose a time for a call about %(reference)s"),
        (_("We offer you some times for a video call. Choose one on your page."),),
        _READ,
    ),
    "call-booked": Template(
        _("The call about %(reference)s is booked"),
        (_("The time and the way into the call are on your page, with an entry for a calendar."),),
        _READ,
    ),
    "call-cancelled": Template(
        _("The call about %(reference)s is cancelled"),
        (_("It does not take place at the time that was booked. Your page says more."),),
        _READ,
    ),
    "outcome-wanted": Template(
        _("Two short questions about %(reference)s"),
        (
            _(
                "Some weeks ago you had an answer from %(hospital)s. We would like to know what "
                "became of it."
            ),
            _(
                "The page below asks two questions. It takes two taps, you need not sign in, and "
                "it shows nothing about you. It works for a month."
            ),
        ),
    ),
    "outcome-told": Template(
        _("A family has told how it went: %(reference)s"),
        (_("You find it among your cases."),),
        _READ,
    ),
    "case-closed": Template(
        _("Request %(reference)s is closed"),
        (_("Everything stays on your page, to read and to download."),),
    ),
    "case-declined-urgent": Template(
        _("Please read this now: your request %(reference)s"),
        (
            _("A second opinion takes days, and your request should not wait for it."),
            _("Open your page now: it says what to do. Do not wait for an answer from us."),
        ),
        at_once=True,
        writes=False,
    ),
    "case-declined": Template(
        _("About your request %(reference)s"),
        (_("We cannot help with this request. Your page says why, and what you can do instead."),),
        at_once=True,
        writes=False,
    ),
}  # fmt: skip
