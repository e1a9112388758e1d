def test_x(house):
    case = house.case(files=2)
    print(house.mails(case.id), house.jobs(case.id), house.events(case.id), house.audit(case.id))
    house.pass_on(case, "vechta", "lohne")
    print(house.rows("select tenant_id, state, answers is null from cases"), house.jobs(case.id))
